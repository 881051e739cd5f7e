import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.test_concurrency import RaceCase
from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound

from .test_meta import signature, whatsapp

SENDER = "32255501{:02}"
SECRET = "race secret"


@tagged("post_install", "-at_install")
class TestMetaRaces(RaceCase):
    """The channels send messages of an unknown person over several connections at once, some twice."""

    LEADS = 1
    RUNS = 5

    def setUp(self):
        super().setUp()
        with self._env() as env:
            Parameter = env["ir.config_parameter"]
            self.made["secret"] = Parameter.get_param(leads_agent_inbound.SECRET)
            Parameter.set_param(leads_agent_inbound.SECRET, SECRET)

    def _clean(self):
        with self._env() as env:
            senders = [SENDER.format(run) for run in range(self.RUNS)]
            identities = env["leads.agent.identity"].search([("key", "in", senders)])
            leads = identities.partner_id
            identities.unlink()
            leads.unlink()
            env["leads.agent.received"].search([("key", "=like", "race-%")]).unlink()
            env["ir.config_parameter"].set_param(leads_agent_inbound.SECRET, self.made["secret"])
        return super()._clean()

    def _said(self, sender, *keys):
        """Return a call for :meth:`_race` that delivers a signed message of a person."""
        body = json.dumps(whatsapp(*((key, key, 0) for key in keys), name="Ada Race", sender=sender)).encode()
        return lambda env: env(user=1)["leads.agent.inbound"]._receive(body, signature(body, SECRET))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_lead_and_each_message_once(self):
        for run in range(self.RUNS):
            sender, keys = SENDER.format(run), [f"race-{run}-{nr}" for nr in range(3)]
            outcomes = self._race(
                self._said(sender, keys[0]),
                self._said(sender, keys[1]),
                self._said(sender, keys[1], keys[2]),
                self._said(sender, *reversed(keys)),
            )
            self.assertEqual(outcomes, [200] * 4)
            with self._env() as env:
                lead = env["leads.agent.identity"].search([("key", "=", sender)]).partner_id
                self.assertEqual(len(lead), 1)
                self.assertEqual(env["res.partner"].search([("phone_sanitized", "=", f"+{sender}")]), lead)
                said = lead.message_ids.filtered_domain([("author_id", "=", lead.id)])
                self.assertCountEqual(said.mapped("preview"), keys)
