from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent.tests.menu_tours import MenuTours


@tagged("post_install", "-at_install")
class TestAuditTours(MenuTours, LeadsAgentCommon, HttpCase):
    """The visibility test in a browser, as a manager. The tours are in `static/tests/tours`."""

    def test_manager_runs_the_visibility_test_and_reads_its_findings(self):
        self.env.company.leads_agent_lock_assigned = True
        self.env["res.partner.bank"].create(
            {"acc_number": "BE71 0961 2345 6769", "partner_id": self._lead("Old Mill").id}
        )
        self.env.ref("leads_agent.rule_bank_lock").active = False
        self.env["leads.agent.self.test"].search([]).unlink()
        self.start_tour("/odoo/leads-orders", "leads_agent_self_test", login="manager_mia")
        test = self.env["leads.agent.self.test"].search([("create_uid", "=", self.manager.id)])
        self.assertEqual(test.verdict, "findings")

    def test_manager_reads_on_the_customer_form_who_sees_the_customer(self):
        self.env.company.leads_agent_lock_assigned = True
        self._assign(self._lead() | self._lead("Lighthouse Inn"))
        self._assign(self._lead("Bakery of the other agent"), self.other_agent)
        self.start_tour("/odoo/leads-orders", "leads_agent_who_can_see", login="manager_mia")

    def test_manager_opens_every_menu_and_every_view(self):
        self._assign(self._lead())
        self.env["leads.agent.self.test"].with_user(self.manager).action_run()
        closed = self.env["leads.agent.closed.model"]
        closed.create({"model_id": closed._closable_models()[:1].id})
        self.assertEqual(self._visit_menus("leads_agent_audit", self.manager), ["Visibility Tests", "Closed to Agents"])

    def test_managers_have_the_menus_and_agents_have_none(self):
        def menus(user):
            loaded = self.env["ir.ui.menu"].with_user(user).load_menus(False).values()
            return {menu["xmlid"] for menu in loaded if (menu.get("xmlid") or "").startswith("leads_agent_audit.")}

        self.assertEqual(
            menus(self.manager), {"leads_agent_audit.menu_self_tests", "leads_agent_audit.menu_closed_models"}
        )
        self.assertFalse(menus(self.agent))
