from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .desk_common import WORKDAY, DeskCommon

AMOUNTS = {
    "without lines": [],
    "free": [(3, 0.0)],
    "discount as large as the sum": [(1, 80.0), (1, -80.0)],
    "discount larger than the sum": [(1, 80.0), (1, -500.0)],
    "goods taken back": [(-2, 40.0)],
}


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestOddOrders(DeskCommon):
    """Orders with a zero or negative amount, and orders dated in the future."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assignment.with_user(cls.manager).action_unassign()

    def _entered(self, customer, days, entered, state="draft", **vals):
        """Create an order dated ``days`` from now, entered ``entered`` days ago."""
        order = self._order(customer, state, days_ago=-days, **vals)
        self.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=entered)
        self.env.cr.execute("UPDATE sale_order SET create_date = %s WHERE id = %s", [moment, order.id])
        order.invalidate_recordset(["create_date"])
        return order

    def _with_lines(self, lines):
        customer = self._customer("Quayside Books", country_id=self.belgium.id, phone="+32 2 555 01 77")
        commands = [
            Command.create({"product_id": self.product.id, "product_uom_qty": quantity, "price_unit": price})
            for quantity, price in lines
        ]
        self._order(customer, order_line=commands)
        self._assign(customer)
        return customer

    def _next(self):
        return self.env["leads.agent.desk"].with_user(self.agent).next_lead()

    def test_no_amount_is_told_where_there_is_none(self):
        for name, lines in AMOUNTS.items():
            with self.subTest(name):
                customer = self._with_lines(lines)
                answer = self._next()
                self.assertEqual(answer["partner_id"], customer.id)
                self.assertEqual(answer["reasons"][0], "Quotation with no amount yet, created today.")
                self._active(customer).with_user(self.manager).action_unassign()

    def test_a_small_amount_is_told_as_it_is(self):
        self._with_lines([(1, 0.5)])
        self.assertIn("0.50", self._next()["reasons"][0])

    def test_the_worthiest_quotation_is_told_even_beside_one_that_is_worth_nothing(self):
        customer = self._with_lines([(1, -90.0)])
        self._order(customer, days_ago=3)
        self.assertRegex(self._next()["reasons"][0], r"Quotation for \D*1,000\.00\D*, 3 days old\.")

    def test_an_order_of_next_year_hides_nothing_newer(self):
        for hidden, states in (
            ("sale", ("draft", "sale")),
            ("draft", ("sale", "draft")),
            ("cancel", ("sent", "cancel")),
        ):
            for days in (2, 400):
                with self.subTest(hidden=hidden, days=days):
                    customer = self._customer("Harbour Café", country_id=self.belgium.id, phone="+32 2 555 01 78")
                    self._entered(customer, days, entered=9, state=states[0])
                    order = self._entered(customer, -1, entered=1, state=states[1])
                    is_lead = hidden == "draft"
                    found = self.env["res.partner"].search(
                        [("id", "=", customer.id), ("is_assignable_lead", "=", True)]
                    )
                    self.assertEqual((bool(found), customer.is_assignable_lead), (is_lead, is_lead))
                    if is_lead:
                        self.assertEqual(self._assign(customer).order_id, order)
                    else:
                        with self.assertRaises(UserError):
                            self._assign(customer)

    def test_an_order_of_next_year_counts_from_when_it_was_entered(self):
        customer = self._customer("Harbour Café", country_id=self.belgium.id, phone="+32 2 555 01 79")
        self._entered(customer, -5, entered=5, state="sale")
        self._entered(customer, 365, entered=2)
        self.assertTrue(customer.is_assignable_lead)

    def test_the_dashboard_shows_the_newer_quotation_first(self):
        customer = self._customer("Harbour Café", country_id=self.belgium.id, phone="+32 2 555 01 80")
        planned = self._entered(customer, 365, entered=9)
        newer = self._entered(customer, -1, entered=1)
        self._assign(customer)
        Dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
        row = next(row for row in Dashboard.get_data()["leads"] if row["partner_id"] == customer.id)
        self.assertEqual(row["order"]["id"], newer.id)
        self.assertEqual([order["id"] for order in Dashboard.get_lead(customer.id)["orders"]], [newer.id, planned.id])

    def test_an_order_of_next_year_is_not_the_most_urgent(self):
        planned = self._customer("Planned", country_id=self.belgium.id, phone="+32 2 555 01 81")
        self._entered(planned, 365, entered=30)
        today = self._customer("Today", country_id=self.belgium.id, phone="+32 2 555 01 82")
        self._entered(today, 0, entered=0)
        self._assign(planned | today)
        answer = self._next()
        self.assertEqual(answer["partner_id"], today.id)
