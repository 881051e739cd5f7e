import copy
import hashlib
import hmac
import itertools
import json
import time
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_lifecycle.controllers.meta import LARGEST_BODY
from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound

from .test_leads import LifecycleCommon

LOGGER = "odoo.addons.leads_agent_channel.models.leads_agent_received"
INSTEAD = [None, True, 7, -1, 1e300, "", "x", "\x00", "\ud800", [], {}, [None], [[]], {"a": 1}, "9" * 5000]


def signature(body, secret):
    """Return the signature header of ``body``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def whatsapp(*messages, name="Ada Moreau", sender="33155550123"):
    """Return a payload with messages given as (key, text, seconds ago)."""
    now = int(time.time())
    value = {
        "messaging_product": "whatsapp",
        "contacts": [{"profile": {"name": name}, "wa_id": sender}],
        "messages": [
            {"from": sender, "id": key, "timestamp": str(now - ago), "type": "text", "text": {"body": text}}
            for key, text, ago in messages
        ],
    }
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value}]}]}


class MetaCommon(LifecycleCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(leads_agent_inbound.SECRET, "app secret")
        cls.env["ir.config_parameter"].set_param(leads_agent_inbound.TOKEN, "our token")
        cls.now = int(time.time())
        cls.before = cls.env["leads.agent.received"].search([], limit=1).id or 0

    def _post(self, payload, secret="app secret", **headers):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body, secret), **headers}
        return self.url_open("/leads/meta", data=body, headers=headers)

    def _messaging(self, kind, **message):
        event = {"sender": {"id": "7001"}, "timestamp": self.now * 1000, "message": {"mid": "m1", **message}}
        return {"object": kind, "entry": [{"id": "1", "messaging": [event]}]}

    def _leads(self, key="33155550123"):
        return self.env["leads.agent.identity"].search([("key", "=", key)]).partner_id

    def _said(self, lead):
        """Return the messages of a lead, in the order of sending."""
        messages = lead.message_ids.filtered(lambda message: message.author_id == lead)
        return messages.sorted("date").mapped(lambda message: message.preview)


@tagged("post_install", "-at_install")
class TestMeta(MetaCommon):
    """The webhook of WhatsApp, Messenger and Instagram, over HTTP."""

    def test_the_address_is_ours(self):
        query = "/leads/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        answer = self.url_open(query + "our token")
        self.assertEqual((answer.status_code, answer.text), (200, "1158201444"))
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        for token in ("", "other", "%C3%A9"):
            answer = self.url_open(query + token)
            self.assertEqual((answer.status_code, answer.text), (403, ""))
        self.assertEqual(self.url_open("/leads/meta?hub.verify_token=our token").status_code, 403)
        self.env["ir.config_parameter"].set_param(leads_agent_inbound.TOKEN, False)
        self.assertEqual(self.url_open(query).status_code, 403)

    def test_a_number_becomes_a_lead(self):
        self.assertEqual(self._post(whatsapp(("w1", "Hello <b>", 10))).status_code, 200)
        lead = self._leads()
        self.assertEqual((lead.name, lead.phone, lead.lead_channel), ("Ada Moreau", "+33155550123", "whatsapp"))
        self.assertPlace(lead, "lead", "new")
        self.assertEqual(self._said(lead), ["Hello <b>"])
        self.assertNotIn("<b>", lead.message_ids[0].body)

    def test_a_customer_is_known_by_the_number(self):
        customer = self._customer(phone="+33 1 55 55 01 23")
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertEqual(self._leads(), customer)
        self.assertEqual((customer.name, customer.phone), ("Harbour Café", "+33 1 55 55 01 23"))

    def test_messenger_and_instagram(self):
        for kind, channel in (("page", "messenger"), ("instagram", "instagram")):
            self.assertEqual(self._post(self._messaging(kind, text="Hello")).status_code, 200)
            lead = self._leads("7001").filtered(lambda lead, channel=channel: lead.lead_channel == channel)
            self.assertEqual((self._said(lead), lead.lead_info), (["Hello"], "no_info"))

    def test_a_picture_is_said_to_be_one(self):
        self._post(self._messaging("page", attachments=[{"type": "image", "payload": {"url": "x"}}]))
        self.assertEqual(self._said(self._leads("7001")), ["[Picture]"])

    def test_repeated_and_out_of_order(self):
        self._post(whatsapp(("w3", "three", 10), ("w2", "two", 20)))
        self._post(whatsapp(("w2", "two", 20), ("w1", "one", 30), ("w1", "one", 30)))
        self.assertEqual(len(self._leads()), 1)
        self.assertEqual(self._said(self._leads()), ["one", "two", "three"])

    def test_what_is_too_old_to_be_known_by_its_key_is_no_news(self):
        self._post(whatsapp(("w1", "old", leads_agent_inbound.KEPT_DAYS * 86400 + 60)))
        self.assertFalse(self._leads())

    def test_keys_are_kept_as_long_as_they_are_needed(self):
        self._post(whatsapp(("w1", "one", 10), ("w2", "two", 10)))
        old, new = self.env["leads.agent.received"].search([("key", "in", ("w1", "w2"))])
        days = leads_agent_inbound.KEPT_DAYS + 2
        self.env.cr.execute(
            "UPDATE leads_agent_received SET create_date = now() - %s * interval '1 day' WHERE id = %s", [days, old.id]
        )
        self.env["leads.agent.received"]._gc_old()
        self.assertEqual((old | new).exists(), new)

    def test_statuses_and_echoes_are_no_messages(self):
        payload = whatsapp()
        payload["entry"][0]["changes"][0]["value"]["statuses"] = [{"id": "w1", "status": "read", "timestamp": "1"}]
        self.assertEqual(self._post(payload).status_code, 200)
        self.assertEqual(self._post(self._messaging("page", text="Hello", is_echo=True)).status_code, 200)
        self.assertFalse(self._leads("7001"))
        self.assertFalse(self.env["leads.agent.received"].search([("id", ">", self.before)]))

    def test_without_the_right_signature(self):
        payload = whatsapp(("w1", "Hello", 10))
        signatures = ("", "sha256=", "sha1=00", "sha256=" + "0" * 64, "\u00e9".encode().decode("latin-1"))
        answers = [self._post(payload, **{"X-Hub-Signature-256": wrong}) for wrong in signatures]
        answers.append(self._post(payload, secret="another secret"))
        answers.append(self.url_open("/leads/meta", data=json.dumps(payload)))
        answers.append(self.url_open("/leads/meta", data={"form": "data"}))
        self.env["ir.config_parameter"].set_param(leads_agent_inbound.SECRET, False)
        answers.append(self._post(payload, secret=""))
        self.assertEqual({(answer.status_code, answer.text) for answer in answers}, {(403, "")})
        self.assertFalse(self._leads())

    def test_too_large(self):
        self.assertEqual(self._post(b"x" * (LARGEST_BODY + 1)).status_code, 413)

    def test_malformed(self):
        for body in (b" ", b"{", b"\xff", b"[" * 100_000, b"9" * 5000):
            with self.subTest(body=body[:9]):
                self.assertEqual(self._post(body).status_code, 400)

    def test_another_object(self):
        for payload in ({"object": "user", "entry": []}, {}, [], None, "x", 7):
            with self.subTest(payload=payload):
                self.assertEqual(self._post(payload).status_code, 200)
        rows = self.env["leads.agent.received"].search([("id", ">", self.before)])
        self.assertEqual(set(rows.mapped(lambda row: (row.channel, row.state))), {("other", "ignored")})
        self.assertEqual(len(rows), 6)

    def test_wrong_types_everywhere(self):
        """With any value anywhere in the payload, the response is no error, and a valid message in it is processed."""
        good = whatsapp(("good", "Hello", 10), sender="33155550999")["entry"][0]
        instead = itertools.cycle(INSTEAD)
        with self.assertNoLogs(LOGGER, "ERROR"), patch.object(leads_agent_inbound, "MOST_PER_MINUTE", 10_000):
            for payload in (whatsapp(("w1", "Hello", 10)), self._messaging("instagram", text="Hello")):
                for path in self._paths(payload):
                    for value in INSTEAD:
                        self.assertEqual(self._in_process(self._changed(payload, path, value)), 200, (path, value))
                    # One of them over HTTP
                    self.assertEqual(self._post(self._changed(payload, path, next(instead))).status_code, 200, path)
        payload = whatsapp(("w1", "Hello", 10))
        payload["entry"] = [None, {"changes": [7]}, *payload["entry"], good]
        self.assertEqual(self._post(payload).status_code, 200)
        self.assertEqual(self._said(self._leads("33155550999")), ["Hello"])

    def _in_process(self, payload):
        """Call the receiver as the controller does, without HTTP."""
        body = json.dumps(payload).encode()
        return self.env["leads.agent.inbound"]._receive(body, signature(body, "app secret"))

    def _paths(self, value, path=()):
        """Yield the paths of all values in a payload."""
        if path:
            yield path
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in pairs:
            yield from self._paths(inner, (*path, key))

    def _changed(self, payload, path, value):
        payload = copy.deepcopy(payload)
        parent = payload
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = value
        return payload

    def test_too_many_are_told_to_come_again_and_nothing_is_lost(self):
        with patch.object(leads_agent_inbound, "MOST_PER_MINUTE", 2):
            self.assertEqual(self._post(whatsapp(("w1", "one", 30), ("w2", "two", 20))).status_code, 200)
            self.assertEqual(self._post(whatsapp(("w3", "three", 10))).status_code, 429)
        self.assertEqual(self._said(self._leads()), ["one", "two"])
        self.assertEqual(self._post(whatsapp(("w3", "three", 10))).status_code, 200)
        self.assertEqual(self._said(self._leads()), ["one", "two", "three"])

    def test_a_message_that_fails_loses_itself_alone(self):
        Partner = self.env.registry["res.partner"]
        original = Partner.message_post

        def fails(partners, **kwargs):
            if "two" in kwargs["body"]:
                raise ValueError("two")
            return original(partners, **kwargs)

        messages = [("w1", "one", 30), ("w2", "two", 20), ("w3", "three", 10)]
        with patch.object(Partner, "message_post", fails), self.assertLogs(LOGGER, "ERROR") as log:
            self.assertEqual(self._post(whatsapp(*messages)).status_code, 200)
        self.assertIn("w2", log.output[0])
        self.assertEqual(self._said(self._leads()), ["one", "three"])
        failed = self.env["leads.agent.received"].search([("key", "=", "w2")])
        self.assertEqual((failed.state, failed.reason), ("failed", "ValueError: two"))
        self.assertEqual(self._post(whatsapp(*messages)).status_code, 200)
        self.assertEqual(self._said(self._leads()), ["one", "two", "three"])

    def test_two_workers_who_meet_the_same_person_try_again(self):
        Inbound = self.env.registry["leads.agent.inbound"]
        with patch.object(Inbound, "_take_in", side_effect=psycopg2.errors.UniqueViolation("one lead per key")):
            with self.assertRaises(ConcurrencyError):
                self._in_process(whatsapp(("w1", "one", 30)))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_the_secret_is_nobodys_to_read(self):
        for user in (self.agent, self.manager):
            for model in ("ir.config_parameter", "res.config.settings"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).check_access("read")
