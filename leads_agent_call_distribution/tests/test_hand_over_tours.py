from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent_call.tests.desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestHandOverTours(DeskCommon, HttpCase):
    """A hand over from the live floor, and when archiving, in the browser."""

    def test_manager_hands_over_from_the_live_floor(self):
        self.agent.leads_available = False
        self.start_tour("/odoo/leads-floor", "leads_agent_floor", login="manager_mia")
        self.assertEqual(self.customer.leads_agent_id, self.other_agent)

    def test_administrator_archives_an_agent(self):
        self._user("admin_ada", "base.group_system,leads_agent.group_leads_manager")
        self.start_tour(f"/odoo/leads-agents/{self.agent.id}", "leads_agent_archive_an_agent", login="admin_ada")
        self.assertFalse(self.agent.active)
        self.assertFalse(self.customer.leads_agent_id)
