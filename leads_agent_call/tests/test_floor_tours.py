from odoo.tests import HttpCase, tagged

from .desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestFloorTours(DeskCommon, HttpCase):
    """The live floor, a break, a hand-over and the analyses, in the browser."""

    def test_manager_hands_over_from_the_live_floor(self):
        self.agent.leads_available = False
        self.start_tour("/odoo/leads-floor", "leads_agent_floor", login="manager_mia")
        self.assertEqual(self.customer.leads_agent_id, self.other_agent)

    def test_agent_takes_a_break(self):
        self.start_tour("/odoo/leads-agent", "leads_agent_break", login="agent_anna")
        self.assertFalse(self.agent.leads_break_since)

    def test_administrator_archives_an_agent(self):
        self._user("admin_ada", "base.group_system,leads_agent.group_leads_manager")
        self.start_tour(f"/odoo/leads-agents/{self.agent.id}", "leads_agent_archive_an_agent", login="admin_ada")
        self.assertFalse(self.agent.active)
        self.assertFalse(self.customer.leads_agent_id)

    def test_manager_opens_every_measure(self):
        self._finish(self.no_answer)
        self.start_tour("/odoo/leads-calls-analysis", "leads_agent_measures_of_calls", login="manager_mia")
        self.start_tour("/odoo/leads-analysis", "leads_agent_measures_of_leads", login="manager_mia")
