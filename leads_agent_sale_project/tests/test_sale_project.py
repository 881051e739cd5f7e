from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent_project.tests.test_project import ProjectCommon


@tagged("post_install", "-at_install")
class TestSaleProject(ProjectCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {"name": "Installation", "type": "service", "service_tracking": "task_in_project", "taxes_id": False}
        )
        cls.order = cls._order(cls.customer, order_line=[Command.create({"product_id": cls.service.id})])
        cls.order.action_confirm()
        cls.sold = cls.order.order_line.project_id
        cls._settle(cls)

    def _things(self):
        milestone = self.env["project.milestone"].create(
            {"name": "Paid", "project_id": self.own.id, "sale_line_id": self.order.order_line.id}
        )
        return [self.sold, self.sold.task_ids, milestone]

    def test_what_an_order_made_goes_with_the_order(self):
        for things in self._things():
            for allowed, seen in ((False, False), (True, True)):
                with self.subTest(things._name, allowed=allowed):
                    self.env.company.leads_agent_view_non_partial = allowed
                    self._settle()
                    self.assertTrue(things)
                    self.assertEqual(bool(self._seen(things)), seen)

    def test_it_stays_for_the_hour_in_which_the_agent_completed_the_order(self):
        self.order.write({"leads_completed_by_id": self.agent.id, "leads_completed_until": "2999-01-01 00:00:00"})
        for things in self._things():
            self._settle()
            self.assertEqual(self._seen(things), things)

    def test_unlocked_agents_do_not_see_what_confirmed_orders_made(self):
        self.env.company.leads_agent_lock_assigned = False
        self._settle()
        self.assertFalse(self._seen(self.sold.task_ids))
        self.assertEqual(self._seen(self.hidden.task_ids), self.hidden.task_ids)
        self.assertEqual(self._seen(self.sold.task_ids, self.plain), self.sold.task_ids)

    def test_an_order_that_costs_are_charged_to_counts_too(self):
        self.inner.reinvoiced_sale_order_id = self.order
        self._settle()
        self.assertFalse(self._seen(self.inner))
        self.assertFalse(self._seen(self.inner.task_ids))
