from ast import literal_eval

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.figures_common import FiguresCommon

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestFiguresOfCalls(DeskCommon):
    """Calls, contacts and talk time: calls with an outcome, from picking up to hanging up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_tz = "UTC"

    def _figures(self, agent=None):
        """Return calls, contacts and hours of talk, which are the same in every view."""
        agent = agent or self.agent
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.env["leads.agent.dashboard"].with_user(agent).get_data()["figures"]
        figures = mine["calls_today"], mine["contacts_today"], round(mine["talk_hours_today"], 4)
        [row] = [
            row
            for row in self.env["leads.agent.floor"].with_user(self.manager).get_data()["agents"]
            if row["id"] == agent.id
        ]
        self.assertEqual((row["calls"], row["contacts"]), figures[:2], "live floor")
        report = self.env.ref("leads_agent_call.action_calls_report")
        [[count, contacts, hours]] = (
            self.env["leads.agent.call"]
            .with_user(self.manager)
            ._read_group(
                [*literal_eval(report.domain), ("agent_id", "=", agent.id), ("is_today", "=", True)],
                [],
                ["__count", "is_contact:sum", "duration:sum"],
            )
        )
        self.assertEqual((count, contacts or 0, round(hours or 0, 4)), figures, "report")
        return figures

    def test_a_call_counts_when_it_has_its_outcome(self):
        call = self._start()
        self.assertEqual(self._figures(), (0, 0, 0))
        with freeze_time("2026-11-25 10:30:00"):
            call.hang_up()
            self.assertEqual(self._figures(), (0, 0, 0))
            call.finish(self.agreed.id)
            self.assertEqual(self._figures(), (1, 1, 0.5))

    def test_writing_up_is_no_talk(self):
        call = self._start()
        with freeze_time("2026-11-25 10:15:00"):
            call.hang_up()
            call.hang_up()
        with freeze_time("2026-11-25 11:15:00"):
            call.hang_up()
            call.finish(self.no_answer.id)
            self.assertEqual(self._figures(), (1, 0, 0.25))

    def test_calls_of_one_agent_do_not_overlap(self):
        other = self._callable()
        self._assign(other)
        call = self._start()
        with freeze_time("2026-11-25 10:15:00"):
            with self.assertRefused(UserError, "Log the outcome of your call"):
                self._start(other)
            call.hang_up()
            with self.assertRefused(UserError, "Log the outcome of your call"):
                self._start(other)
            self.assertEqual(self._start(), call, "the same call goes on")
        with freeze_time("2026-11-25 10:20:00"):
            call.finish(self.no_answer.id)
            second = self._start(other)
        with freeze_time("2026-11-25 10:30:00"):
            second.finish(self.no_answer.id)
            self.assertEqual(self._figures(), (2, 0, round(25 / 60, 4)))

    def test_two_agents_talk_at_the_same_time(self):
        other = self._callable()
        self._assign(other, self.other_agent)
        calls = self._start(), self._start(other, self.other_agent)
        with freeze_time("2026-11-25 10:30:00"):
            for call in calls:
                call.finish(self.no_answer.id)
            self.assertEqual(self._figures(), (1, 0, 0.5))
            self.assertEqual(self._figures(self.other_agent), (1, 0, 0.5))

    def test_a_call_that_is_void_does_not_count(self):
        other = self._callable()
        self._assign(other, self.other_agent)
        self._start()
        void = self._start(other, self.other_agent)
        with freeze_time("2026-11-25 10:30:00"):
            self.env["base.partner.merge.automatic.wizard"].create({})._merge(
                (self.customer | other).ids, self.customer
            )
            self.assertEqual((void.state, void.disposition_id.id), ("done", False))
            self.assertEqual(self._figures(self.other_agent), (0, 0, 0))

    def test_a_call_over_midnight_is_of_the_day_on_which_it_began(self):
        with freeze_time("2026-11-25 23:50:00"):
            call = self._start()
        with freeze_time("2026-11-26 00:10:00"):
            call.finish(self.no_answer.id)
            self.assertEqual(self._figures(), (0, 0, 0))
        with freeze_time("2026-11-25 23:59:59"):
            self.assertEqual(self._figures(), (1, 0, round(1 / 3, 4)))

    def test_the_day_of_a_call_is_that_of_the_company(self):
        self.env.company.leads_agent_tz = "Europe/Brussels"
        self.agent.tz, self.manager.tz = "Pacific/Auckland", "America/Los_Angeles"
        self._finish(self.no_answer)
        with freeze_time("2026-11-25 22:59:00"):
            self.assertEqual(self._figures()[0], 1)
        with freeze_time("2026-11-25 23:00:00"):
            self.assertEqual(self._figures()[0], 0)

    # ------------------------------------------------------------------
    # Sales in calls
    # ------------------------------------------------------------------

    def _sale(self, **vals):
        order = self.customer.sale_order_ids
        order.write(vals)
        call = self._start()
        order.with_user(self.agent).action_confirm()
        self.env.flush_all()
        self.assertEqual(call.is_sale, 1)
        return order.with_user(self.salesperson), call.sudo()

    def test_a_cancelled_sale_is_none_of_the_call_either(self):
        order, call = self._sale()
        self.assertEqual((call.revenue, call.conversion), (1000, 1))
        order.action_cancel()
        self.assertEqual((call.is_sale, call.revenue, call.conversion, call.is_contact), (0, 0, 0, 1))
        order.action_draft()
        order.action_confirm()
        self.assertEqual((call.is_sale, call.revenue, call.conversion), (1, 1000, 1))

    def test_sold_again_in_the_call_of_a_colleague(self):
        order, call = self._sale()
        order.action_cancel()
        order.action_draft()
        self._assign(self.customer, self.other_agent)
        second = self._start(user=self.other_agent)
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual((call.is_sale, call.revenue, second.is_sale, second.sudo().revenue), (0, 0, 1, 1000))

    def test_a_sale_without_an_amount_is_a_sale(self):
        order = self.customer.sale_order_ids
        order.order_line.price_unit = 0
        _order, call = self._sale()
        self.assertEqual((call.is_sale, call.revenue), (1, 0))

    def test_a_sale_of_another_company_is_told_in_the_currency_of_the_call(self):
        home = self.env.company.currency_id
        other = self.env["res.currency"].with_context(active_test=False).search([("id", "!=", home.id)], limit=1)
        other.active = True
        overseas = self.env["res.company"].create({"name": "Overseas", "currency_id": other.id})
        self.agent.company_ids += overseas
        self.salesperson.company_ids += overseas
        for company in (self.env.company, overseas):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": other.id if company == self.env.company else home.id,
                    "company_id": company.id,
                    "rate": 4 if company == self.env.company else 0.25,
                    "name": "2026-11-01",
                }
            )
        order = (
            self.env["sale.order"]
            .with_company(overseas)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": overseas.id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "price_unit": 1000, "tax_ids": False})
                    ],
                }
            )
        )
        self.assertEqual(order.currency_id, other)
        call = self._start()
        order.with_user(self.salesperson).with_context(allowed_company_ids=overseas.ids).action_confirm()
        self.env.flush_all()
        self.assertEqual((call.is_sale, call.sudo().currency_id), (1, home))
        self.assertAlmostEqual(call.sudo().revenue, 250)


@tagged("post_install", "-at_install")
class TestFormerSales(FiguresCommon):
    def test_former_sales_of_next_are_those_that_stand(self):
        def loyalty():
            self._settle()
            return self._active(customer).priority

        customer = self._lead()
        order = customer.sale_order_ids
        self._assign(customer)
        order.with_user(self.salesperson).action_confirm()
        self._order(customer)
        self._assign(customer)
        with_sale = loyalty()
        order.with_user(self.salesperson).action_cancel()
        self.assertLess(loyalty(), with_sale)
        self.assertFalse(customer.leads_assignment_ids.filtered("is_sale"))
