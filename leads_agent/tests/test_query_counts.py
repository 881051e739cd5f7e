from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ..models import mail_message, res_partner, sale_order
from .query_counts_common import QueryCountsCommon


@tagged("post_install", "-at_install")
class TestQueryCounts(QueryCountsCommon):
    """How many queries things cost, asserted as upper bounds that do not grow with the number of records."""

    def test_batch_of_n_costs_at_most_35_and_n_over_20(self):
        self._batch(self._leads(1, "Warm"))
        for count in (1, 10, 100, 400, 1200):
            with self.subTest(count):
                self.assertLessEqual(
                    self._batch(self._leads(count, f"N{count}")), 35 + count / 20 + self.beside["assign"]
                )

    def test_dashboard_costs_at_most_14_whatever_the_number_of_leads(self):
        Dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
        costs = {}
        for count in (1, 20, 150):
            partners = self._leads(count, f"D{count}")
            self._batch(partners)
            for partner in partners[:30]:
                partner.message_post(body="Rang", subtype_xmlid="mail.mt_note")
            Dashboard.get_data()
            with self._count() as counted:
                data = Dashboard.get_data()
            self.assertEqual(len(data["history"]), min(10, 3 * count))
            costs[count] = counted["queries"]
        self.assertLessEqual(max(costs.values()), 14, costs)
        self.assertLessEqual(costs[20], 12, costs)
        self.assertEqual(costs[20], costs[150], "flat in the number of leads")

    def _confirm(self, orders, user):
        # Orders confirmed in the second in which they were made need one UPDATE less.
        with freeze_time(max(orders.mapped("date_order")) + timedelta(hours=1)), self._count() as counted:
            orders.with_user(user).action_confirm()
        return counted["queries"]

    def _confirm_costs(self, count, user, assigned):
        partners = self._leads(count, f"C{count}{user.login}{assigned}")
        if assigned:
            self._batch(partners)
        return self._confirm(partners.sale_order_ids, user)

    def test_confirming_costs_at_most_7_more_and_1_where_nobody_holds(self):
        # Odoo's caches forget their oldest entries when they are full of what other tests have asked: begun again.
        self.registry.clear_all_caches()
        self._confirm_costs(1, self.salesperson, True)
        for count in (1, 10, 40):
            plain = self._plain_confirm(count)
            with self.subTest(count):
                self.assertLessEqual(
                    self._confirm_costs(count, self.salesperson, False), plain + 1 + self.beside["order"]
                )
                self.assertLessEqual(
                    self._confirm_costs(count, self.salesperson, True), plain + 7 + self.beside["sale"]
                )

    def _plain_confirm(self, count):
        """The same without the addon's hook on orders."""
        Order = self.registry["sale.order"]
        partners = self._leads(count, f"P{count}")
        hooks = {name: getattr(sale_order.SaleOrder, name) for name in ("write", "action_confirm")}
        self.assertTrue(all(hasattr(Order, name) for name in hooks))
        try:
            for name in hooks:
                delattr(sale_order.SaleOrder, name)
            return self._confirm(partners.sale_order_ids, self.salesperson)
        finally:
            for name, hook in hooks.items():
                setattr(sale_order.SaleOrder, name, hook)

    def test_creating_reading_and_writing_costs_non_agents_nothing(self):
        """Orders, customers and messages of people nobody holds."""
        partner = self._leads(1, "Warm")
        env = self.env(user=self.salesperson)

        def work():
            customer = env["res.partner"].create({"name": "New", "is_company": True})
            order = env["sale.order"].create({"partner_id": customer.id})
            order.message_post(body="x")
            order.write({"client_order_ref": "y"})
            customer.write({"phone": "1"})
            env["sale.order"].search_read([("partner_id", "=", customer.id)], ["name"])

        # Record rules are cached per model: what is read after the caches of records are cleared, too.
        with self._count():
            work()
        with self._count() as counted:
            work()
        with_addon = counted["queries"]
        removed = [
            (cls, name, getattr(cls, name))
            for cls, names in (
                (sale_order.SaleOrder, ("create", "write", "_compute_user_id", "_compute_team_id")),
                (res_partner.ResPartner, ("create", "write")),
                (mail_message.MailMessage, ("create",)),
            )
            for name in names
        ]
        try:
            for cls, name, _method in removed:
                delattr(cls, name)
            work()
            with self._count() as counted:
                work()
        finally:
            for cls, name, method in removed:
                setattr(cls, name, method)
        self.assertEqual(with_addon, counted["queries"])
        self.assertTrue(partner)
