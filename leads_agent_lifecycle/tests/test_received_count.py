import json
import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound

from .test_leads import LifecycleCommon
from .test_meta import signature, whatsapp

SECRET = "app secret"
MESSAGES = 100


@tagged("post_install", "-at_install")
class TestReceivedCount(LifecycleCommon):
    """Many messages in one payload cost less than as many payloads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(leads_agent_inbound.SECRET, SECRET)

    def _payload(self, first, count, people):
        payload = {"object": "whatsapp_business_account", "entry": []}
        for nr in range(first, first + count):
            sender = f"33155{550000 + nr % people}"
            payload["entry"] += whatsapp((f"count-{nr}", f"Hello {nr}", count - nr % count), sender=sender)["entry"]
        return payload

    def _receive(self, payload):
        """Return the number of queries and the seconds needed to process a payload."""
        body = json.dumps(payload).encode()
        self.env.flush_all()
        self.env.invalidate_all()
        count, start = self.env.cr.sql_log_count, time.perf_counter()
        with patch.object(leads_agent_inbound, "MOST_PER_MINUTE", 100_000):
            self.assertEqual(self.env["leads.agent.inbound"]._receive(body, signature(body, SECRET)), 200)
            self.env.flush_all()
        return self.env.cr.sql_log_count - count, time.perf_counter() - start

    def test_queries_of_a_payload(self):
        self._receive(self._payload(10_000, 2, 2))
        for people in (1, MESSAGES):
            with self.subTest(people=people):
                queries, _seconds = self._receive(self._payload(people * 1000, MESSAGES, people))
                self.assertLessEqual(queries, 30 + 12 * MESSAGES)
                self.assertEqual(len(self._states(people * 1000)), MESSAGES)

    def test_one_payload_and_many(self):
        """The benchmark measures time; this test counts queries instead."""
        self._receive(self._payload(10_000, 2, 2))
        together, _seconds = self._receive(self._payload(20_000, 20, 1000))
        apart = sum(self._receive(self._payload(30_000 + nr, 1, 1000))[0] for nr in range(100, 120))
        self.assertLessEqual(together, apart / 2)

    def _states(self, first):
        keys = [f"count-{nr}" for nr in range(first, first + MESSAGES)]
        rows = self.env["leads.agent.received"].search([("key", "in", keys), ("state", "in", ("lead", "message"))])
        return rows.mapped("state")
