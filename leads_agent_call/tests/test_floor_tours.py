from odoo.tests import HttpCase, tagged

from .desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestFloorTours(DeskCommon, HttpCase):
    """A break and the analyses, in the browser."""

    def test_agent_takes_a_break(self):
        self.start_tour("/odoo/leads-agent", "leads_agent_break", login="agent_anna")
        self.assertFalse(self.agent.leads_break_since)

    def test_manager_opens_every_measure(self):
        self._finish(self.no_answer)
        self.start_tour("/odoo/leads-calls-analysis", "leads_agent_measures_of_calls", login="manager_mia")
        self.start_tour("/odoo/leads-analysis", "leads_agent_measures_of_leads", login="manager_mia")
