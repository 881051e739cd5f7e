from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestAvailabilityTours(LeadsAgentCommon, HttpCase):
    """The agent's switch, the limits on the card, a scheduled rule."""

    def test_agent_switches_oneself_off_and_on(self):
        self._assign(self._lead())
        self.start_tour("/odoo/leads-agent", "leads_agent_availability_switch", login="agent_anna")
        self.assertTrue(self.agent.leads_available)

    def test_who_holds_no_leads_has_no_switch(self):
        self.authenticate("plain_pat", "plain_pat")
        self.assertNotIn('"leads_available"', self.url_open("/web").text)
        self.authenticate("agent_anna", "agent_anna")
        self.assertIn('"leads_available": true', self.url_open("/odoo/leads-agent").text)

    def test_manager_sets_the_limits_on_the_card(self):
        self._assign(self._lead())
        self.start_tour("/odoo/leads-agents", "leads_agent_limits_of_an_agent", login="manager_mia")
        self.assertEqual((self.agent.leads_max_open, self.agent.leads_available), (7, False))

    def test_manager_writes_a_rule_and_runs_it(self):
        lead = self._lead()
        action = self.env.ref("leads_agent_distribution.action_rules").id
        self.start_tour(f"/odoo/action-{action}", "leads_agent_rule", login="manager_mia")
        self.assertTrue(lead.leads_agent_id)
        self.assertTrue(self.env["leads.agent.rule"].search([("name", "=", "New quotations")]).last_assigned_count)
