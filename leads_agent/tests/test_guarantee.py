from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon

GUARANTEE = "odoo.addons.leads_agent.guarantee"


@tagged("post_install", "-at_install")
class TestGuarantee(LeadsAgentCommon):
    """PostgreSQL guarantees at most one holder per lead, also after an upgrade of a database without the index."""

    def _lose_the_index(self, partner):
        """Drop the index and hold the lead twice, as after a failed restore."""
        Assignment = self.env["leads.agent.assignment"]
        self.env.flush_all()
        self.env.cr.execute("DROP INDEX leads_agent_assignment_one_active_per_customer")
        self.assertFalse(Assignment._has_unique_index())
        self.env.cr.execute(
            """
            INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, assigned_at, is_sale)
            VALUES (%s, %s, %s, 'active', 'manual', now() + interval '1 day', 0)
            """,
            (partner.id, self.other_agent.id, self.env.company.id),
        )
        Assignment.invalidate_model()

    def test_upgrade_ends_the_second_holder_and_makes_the_index(self):
        lead, other = self._lead(), self._lead("Lighthouse Inn")
        self._assign(lead | other)
        self._lose_the_index(lead)
        self.assertEqual(len(self._active(lead)), 2)
        with mute_logger(GUARANTEE):
            self.registry.init_models(self.env.cr, ["leads.agent.assignment"], {"module": "leads_agent"}, install=False)
        self.env.invalidate_all()
        self.assertEqual(self._active(lead).agent_id, self.agent, "who stands on the customer stays")
        self.assertEqual(lead.leads_agent_id, self.agent)
        self.assertEqual(self._active(other).agent_id, self.agent)
        self.assertTrue(self.env["leads.agent.assignment"]._has_unique_index())

    def test_without_the_index_an_upgrade_fails_and_a_start_says_so(self):
        self._lose_the_index(self._lead())
        Assignment = self.env["leads.agent.assignment"]
        self.patch(self.registry, "updated_modules", [])
        with self.assertLogs(GUARANTEE, "CRITICAL"):
            Assignment._register_hook()
        self.patch(self.registry, "updated_modules", ["leads_agent"])
        with self.assertRaises(RuntimeError):
            Assignment._register_hook()
