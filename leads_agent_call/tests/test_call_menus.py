from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent.tests.menu_tours import MenuTours


@tagged("post_install", "-at_install")
class TestCallMenus(MenuTours, LeadsAgentCommon, HttpCase):
    """Every menu of the addon, in a browser."""

    def test_agent_opens_every_menu_and_every_view(self):
        lead = self._lead()
        self._assign(lead)
        self._call(lead, self.agent)
        self.assertEqual(self._visit_menus("leads_agent_call", self.agent), ["Callbacks", "Calls"])

    def test_manager_opens_every_menu_and_every_view(self):
        lead = self._lead()
        self._assign(lead)
        self._call(lead, self.agent)
        self.env["leads.agent.opt.out"].create({"partner_id": self._customer("Leave Me Alone").id})
        self.assertEqual(
            self._visit_menus("leads_agent_call", self.manager),
            ["Callbacks", "Calls", "Do Not Call", "Live Floor", "Calls Analysis", "Calling Hours"],
        )

    def _call(self, customer, user):
        """Create a finished call of today, and a later callback."""
        self.env["leads.agent.call"].create(
            {
                "partner_id": customer.id,
                "agent_id": user.id,
                "company_id": self.env.company.id,
                "state": "done",
                "started_at": datetime.now(),
                "disposition_id": self.env.ref("leads_agent.disposition_callback").id,
                "is_contact": 1,
            }
        )
        Hours = self.env["leads.agent.calling.hours"]
        Hours.search([]).unlink()
        Hours.create([{"days": days, "hour_from": 0.0, "hour_to": 24.0} for days in ("weekdays", "saturday", "sunday")])
        customer.phone = "+32 2 555 01 01"
        self.env["leads.agent.callback"].create(
            {"partner_id": customer.id, "agent_id": user.id, "due_at": datetime.now() + timedelta(seconds=30)}
        )
