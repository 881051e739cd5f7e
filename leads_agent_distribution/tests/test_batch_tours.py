from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent.tests.menu_tours import MenuTours


@tagged("post_install", "-at_install")
class TestBatchTours(MenuTours, LeadsAgentCommon, HttpCase):
    """Batches for several agents, in the browser. The steps are in `static/tests/tours`."""

    def test_manager_plans_a_batch_of_the_filter_commits_and_undoes_it(self):
        customers = self.env["res.partner"]
        for nr in range(6):
            customers |= self._lead(f"Tour Café {nr}")
        self.env.flush_all()
        self.env.cr.execute("UPDATE leads_agent_history SET at = at - interval '1 hour'")
        self.env.invalidate_all()
        self.start_tour("/odoo/leads-orders", "leads_agent_batch_plan", login="manager_mia")
        [batch] = self.env["leads.agent.batch.assign"].search([("create_uid", "=", self.manager.id)])
        self.assertEqual((batch.state, batch.assigned_count, batch.whole_filter), ("undone", 6, True))
        self.assertFalse(customers.leads_agent_id)
        ended = customers.leads_assignment_ids
        self.assertEqual((set(ended.mapped("end_reason")), len(ended)), ({"undone"}, 6))

    def test_manager_plans_a_batch_that_gives_nobody_a_lead(self):
        self._assign(self._lead("Tour Café"), self.other_agent)
        self.start_tour("/odoo/leads-orders", "leads_agent_batch_nothing", login="manager_mia")
        [batch] = self.env["leads.agent.batch.assign"].search([("create_uid", "=", self.manager.id)])
        self.assertEqual((batch.state, batch.line_ids.result), ("cancelled", "held"))

    def test_manager_opens_every_menu_and_every_view(self):
        self.env["leads.agent.rule"].create({"name": "New quotations", "team_id": self.call_center.id})
        self.assertEqual(self._visit_menus("leads_agent_distribution", self.manager), ["Assignment Rules"])

    def test_managers_have_the_menu_and_agents_have_none(self):
        def menus(user):
            loaded = self.env["ir.ui.menu"].with_user(user).load_menus(False).values()
            return {
                menu["xmlid"] for menu in loaded if (menu.get("xmlid") or "").startswith("leads_agent_distribution.")
            }

        self.assertEqual(menus(self.manager), {"leads_agent_distribution.menu_rules"})
        self.assertFalse(menus(self.agent))
