from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestFloorTours(DeskCommon, HttpCase):
    """A break and the analyses, in the browser."""

    def test_agent_takes_a_break(self):
        self.start_tour("/odoo/leads-agent", "leads_agent_break", login="agent_anna")
        self.assertFalse(self.agent.leads_break_since)

    def _work(self):
        """Of three leads one is sold on the phone, one was not reached and is tried later."""
        others = self._callable("Quayside Books") | self._callable("Sold Out")
        self._assign(others)
        self._start(others[1])
        others[1].sale_order_ids.with_user(self.agent).action_confirm()
        self._finish(self._disposition(is_contact=False, fate="keep", retry_minutes=600))

    def test_each_figure_of_the_floor_opens_its_rows(self):
        self._work()
        presence = {
            "user_id": self.agent.id,
            "status": "online",
            "last_poll": fields.Datetime.now() + timedelta(hours=1),
        }
        self.env["mail.presence"].create(presence)
        self.start_tour("/odoo/leads-floor", "leads_agent_floor_figures", login="manager_mia")

    def test_each_figure_of_the_dashboard_opens_its_rows(self):
        self._work()
        self.start_tour("/odoo/leads-agent", "leads_agent_dashboard_figures", login="agent_anna")

    def test_manager_opens_every_measure(self):
        self._finish(self.no_answer)
        self.start_tour("/odoo/leads-calls-analysis", "leads_agent_measures_of_calls", login="manager_mia")
        self.start_tour("/odoo/leads-analysis", "leads_agent_measures_of_leads", login="manager_mia")
