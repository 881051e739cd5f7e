import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_channel.models import leads_agent_received
from odoo.addons.leads_agent_lifecycle.tests.test_leads import LifecycleCommon

LOGGER = leads_agent_received.__name__
TYPED = {"name": "Ada Moreau", "email": "ada@example.com", "message": "Please call me back."}


@tagged("post_install", "-at_install")
class TestReceivedForms(LifecycleCommon, HttpCase):
    """Each website form has a row with its result."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls.env["leads.agent.received"].search([], limit=1).id or 0

    def _send(self, model="leads.agent.enquiry", files=None, **typed):
        """Submit a form; return its row, and the response."""
        known = self._rows()
        response = self.url_open(f"/website/form/{model}", data=typed, files=files)
        self.assertEqual(response.status_code, 200)
        return self._rows() - known, json.loads(response.text)

    def _rows(self):
        return self.env["leads.agent.received"].search([("id", ">", self.before)])

    def _leads(self, email="ada@example.com"):
        return self.env["res.partner"].search([("email_normalized", "=", email)])

    def _files(self, row):
        return self.env["ir.attachment"].search([("res_model", "=", row._name), ("res_id", "in", row.ids)])

    def test_a_new_lead_and_then_a_message(self):
        row, answer = self._send(**TYPED)
        again, _answer = self._send(**TYPED)
        self.assertEqual((row.channel, row.state, again.state), ("form", "lead", "message"))
        self.assertEqual((row.partner_id, again.partner_id), (self._leads(), self._leads()))
        self.assertIn("Please call me back.", row.message_id.body)
        self.assertFalse(row.body or row.came_with, "it stands in the chatter")
        self.assertEqual(answer.keys(), {"id"})

    def test_what_is_refused_says_so(self):
        for typed, sentence in (
            ({"email": "", "phone": ""}, "an e-mail address or a phone number"),
            ({"email": "ada"}, "not a valid e-mail address"),
            ({"name": "x" * 4000}, "too long"),
            ({"message": "x" * 10_001}, "too long"),
            ({"anything": "x" * 10_001}, "too long"),
        ):
            with self.subTest(str(typed)[:40]):
                row, answer = self._send(**{**TYPED, **typed})
                self.assertIn(sentence, answer["error"])
                self.assertEqual(row.state, "ignored")
                self.assertIn(sentence, row.reason)
                self.assertFalse(self._leads())

    @mute_logger(LOGGER, "odoo.addons.leads_agent_channel.form_intake", "odoo.http", "odoo.sql_db")
    def test_what_fails_is_kept_and_taken_in_by_a_manager(self):
        Partner = self.env.registry["res.partner"]
        original = Partner.message_post
        self.patch(Partner, "message_post", lambda *args, **kwargs: 1 / 0)
        row, answer = self._send(
            files={"roof": ("roof.txt", b"Flat", "text/plain")}, phone="+33 1 55 55 01 23", **TYPED
        )
        self.assertIn("We received your message", answer["error"])
        self.assertEqual((row.state, row.reason), ("failed", "ZeroDivisionError: division by zero"))
        self.assertFalse(self._leads())
        self.assertEqual(self._files(row).mapped("raw"), [b"Flat"])
        self.assertIn("Please call me back.", row.body)
        self.patch(Partner, "message_post", original)
        row.with_user(self.manager).action_try_again()
        lead = self._leads()
        self.assertEqual((row.state, row.partner_id, lead.phone), ("lead", lead, "+33 1 55 55 01 23"))
        self.assertEqual(lead.message_ids.attachment_ids.mapped("raw"), [b"Flat"])
        self.assertFalse(row.body or self._files(row))

    @mute_logger(LOGGER, "odoo.http", "odoo.sql_db")
    def test_odd_characters_arrive_or_are_named(self):
        for nr, odd in enumerate(("a\x00b", "\U0001f600", "\u202eabc", "<script>", "{{7*7}}", "%00", "\ufffe")):
            with self.subTest(ascii(odd)):
                row, answer = self._send(**{**TYPED, "email": f"odd{nr}@example.com", "message": odd, odd: odd})
                self.assertIn(row.state, ("lead", "failed"))
                self.assertEqual(row.state == "lead", "id" in answer)
                self.assertTrue(row.state == "lead" or row.body)

    def test_what_a_dead_worker_left_is_taken_in_by_the_job(self):
        Received = self.env["leads.agent.received"]
        Received._arrive(
            [
                {
                    "channel": "form",
                    "key": "left",
                    "email_from": "ada@example.com",
                    "body": "name: Ada Moreau",
                    "came_with": {"model": "leads.agent.enquiry", "params": {**TYPED, "own_field": "blue"}},
                }
            ]
        )
        row = Received.search([("key", "=", "left")])
        self.env.cr.execute(
            "UPDATE leads_agent_received SET create_date = now() - interval '1 hour' WHERE id = %s", [row.id]
        )
        Received.search([("id", "=", row.id)])._take_in_apart()
        self.assertEqual((row.state, row.partner_id), ("lead", self._leads()))
        self.assertIn("blue", " ".join(self._leads().message_ids.mapped("body")))

    def test_a_form_of_others_has_no_row(self):
        row, _answer = self._send("res.users", name="x")
        self.assertFalse(row)


@tagged("post_install", "-at_install")
class TestReceivedLeadForms(TestReceivedForms):
    """The form of Odoo's CRM, for a call center whose incoming leads are offered."""

    test_a_new_lead_and_then_a_message = test_what_is_refused_says_so = None
    test_what_fails_is_kept_and_taken_in_by_a_manager = test_odd_characters_arrive_or_are_named = None
    test_what_a_dead_worker_left_is_taken_in_by_the_job = test_a_form_of_others_has_no_row = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "lead_id" not in cls.env["leads.agent.received"] or "website.visitor" not in cls.env:
            cls.skipTest(cls, "Offers or Odoo's form for leads are not installed")
        cls.call_center.leads_offer_routing = True
        cls.typed = {"name": "A roof", "contact_name": "Jo", "email_from": "jo@example.com", "description": "Soon"}

    def test_a_lead_that_is_offered(self):
        row, _answer = self._send("crm.lead", team_id=self.call_center.id, own="blue", **self.typed)
        self.assertEqual((row.state, row.lead_id.name, row.lead_id.team_id), ("lead", "A roof", self.call_center))
        self.assertFalse(row.body)
        row, _answer = self._send("crm.lead", **self.typed)
        self.assertFalse(row, "not for a call center")

    @mute_logger(LOGGER, "odoo.http", "odoo.sql_db")
    def test_what_fails_is_taken_in_by_a_manager(self):
        Lead = self.env.registry["crm.lead"]
        original = Lead._leads_route_incoming
        self.patch(Lead, "_leads_route_incoming", lambda *args: 1 / 0)
        row, _answer = self._send("crm.lead", team_id=self.call_center.id, own="blue", **self.typed)
        self.assertEqual((row.state, bool(row.lead_id)), ("failed", False))
        self.patch(Lead, "_leads_route_incoming", original)
        row.with_user(self.manager).action_try_again()
        lead = row.lead_id
        self.assertEqual((row.state, lead.email_from, lead.team_id), ("lead", "jo@example.com", self.call_center))
        self.assertIn("blue", lead.description)
