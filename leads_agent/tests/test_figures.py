from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent import figures

from .figures_common import FiguresCommon


@tagged("post_install", "-at_install")
class TestFigures(FiguresCommon):
    """Leads and orders are counted, not rows: the same figures for agent, manager and report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead()
        cls.order = cls.customer.sale_order_ids
        cls.assignment = cls._assign(cls.customer)

    def _reassign(self, assignment, agent):
        self.env["leads.agent.reassign"].with_user(self.manager).create(
            {"assignment_ids": assignment.ids, "agent_id": agent.id}
        ).action_reassign()
        return self._active(assignment.partner_id)

    def _sell(self, order=None, user=None):
        (order or self.order).with_user(user or self.salesperson).action_confirm()

    def _take_back(self, order=None):
        (order or self.order).with_user(self.salesperson).action_cancel()

    # ------------------------------------------------------------------
    # Reopened
    # ------------------------------------------------------------------

    def test_reopened_ten_times_is_one(self):
        for _time in range(10):
            self._resolve(self._active(self.customer))
            self.customer.leads_assignment_ids.sorted("id")[-1].with_user(self.agent).action_reopen()
        self.assertEqual(len(self.customer.leads_assignment_ids), 11)
        self.assertFigures(assigned=1, resolved=0, sold=0, open=1, conversion=0.0)
        self._resolve(self._active(self.customer))
        self.assertFigures(assigned=1, resolved=1, sold=0, open=0, conversion=0.0)

    def test_a_resolve_that_is_reopened_is_none(self):
        self._resolve(self.assignment)
        self.assertFigures(resolved=1, open=0)
        self.assignment.with_user(self.manager).action_reopen()
        self.assertFigures(assigned=1, resolved=0, open=1)

    def test_reopened_on_another_day_is_no_new_lead(self):
        self._resolve(self.assignment)
        self.assignment.assigned_at -= timedelta(days=3)
        self.assignment.ended_at -= timedelta(days=3)
        self.assignment.with_user(self.manager).action_reopen()
        self.assertFigures(assigned=0, resolved=0, open=1, conversion=0.0)

    def test_reopened_after_a_new_quotation_is_the_same_lead(self):
        self._resolve(self.assignment)
        newer = self._order(self.customer)
        self.assignment.with_user(self.manager).action_reopen()
        reopened = self._active(self.customer)
        self.assertEqual((reopened.order_id, reopened.first_id), (newer, self.assignment))
        self.assertFigures(assigned=1, resolved=0, open=1, conversion=0.0)

    def test_assigned_anew_for_the_same_quotation_is_the_same_lead(self):
        for _time in range(3):
            self._resolve(self._active(self.customer))
            self._assign(self.customer)
        self.assertFigures(assigned=1, resolved=0, open=1, conversion=0.0)

    def test_assigned_anew_for_another_quotation_is_another_lead(self):
        self._resolve(self.assignment)
        self._order(self.customer)
        self._assign(self.customer)
        self.assertFigures(assigned=2, resolved=1, open=1, conversion=0.0)

    def test_taken_back_and_given_again_ten_times_is_one(self):
        for _time in range(10):
            self._active(self.customer).with_user(self.manager).action_unassign()
            self._assign(self.customer)
        self.assertFigures(assigned=1, resolved=0, open=1, conversion=0.0)

    # ------------------------------------------------------------------
    # Reassigned
    # ------------------------------------------------------------------

    def test_reassigned_counts_for_the_new_agent_alone(self):
        self._reassign(self.assignment, self.other_agent)
        self.assertFigures(assigned=0, resolved=0, open=0, conversion=False)
        self.assertFigures(self.other_agent, assigned=1, open=1, conversion=0.0)

    def test_reassigned_there_and_back(self):
        self._reassign(self._reassign(self.assignment, self.other_agent), self.agent)
        self.assertFigures(assigned=1, open=1, conversion=0.0)
        self.assertFigures(self.other_agent, assigned=0, open=0, conversion=False)

    def test_reopened_and_then_reassigned_leaves_nothing(self):
        self._resolve(self.assignment)
        self.assignment.with_user(self.manager).action_reopen()
        self._reassign(self._active(self.customer), self.other_agent)
        self.assertFigures(assigned=0, resolved=0, open=0, conversion=False)

    def test_unassigned_and_released_leads_were_held(self):
        self.assignment.with_user(self.manager).action_unassign()
        self.assertFigures(assigned=1, resolved=0, open=0, conversion=0.0)

    # ------------------------------------------------------------------
    # Sales
    # ------------------------------------------------------------------

    def test_a_cancelled_sale_is_taken_back(self):
        self._sell()
        self.assertFigures(sold=1, resolved=1, conversion=1.0)
        self._take_back()
        self.assertFigures(sold=0, conversion=0.0)
        self.order.with_user(self.salesperson).action_draft()
        self.assertFigures(sold=0, conversion=0.0)

    def test_sold_again_by_a_colleague_is_the_colleagues(self):
        self._sell()
        self._take_back()
        self.order.with_user(self.salesperson).action_draft()
        self._assign(self.customer, self.other_agent)
        self._sell(user=self.other_agent)
        self.assertFigures(sold=0, conversion=False)
        self.assertFigures(self.other_agent, assigned=1, sold=1, conversion=1.0)
        self._take_back()
        self.assertFigures(sold=0, conversion=0.0)
        self.assertFigures(self.other_agent, sold=0, conversion=0.0)

    def test_sold_by_a_colleague_who_does_not_hold_it_is_nobodys(self):
        self._sell()
        self._take_back()
        self.order.with_user(self.salesperson).action_draft()
        self._sell(user=self.other_agent)
        self.assertFigures(sold=0, conversion=False)
        self.assertFigures(self.other_agent, sold=0, conversion=False)

    def test_cancelled_by_mistake_and_confirmed_again(self):
        self._sell()
        for _time in range(3):
            self._take_back()
            self.order.with_user(self.salesperson).action_draft()
            self._sell()
        self.assertFigures(sold=1, assigned=1, resolved=1, conversion=1.0)

    def test_sold_cancelled_reopened_and_sold_is_one(self):
        self._sell()
        self._take_back()
        self.order.with_user(self.salesperson).action_draft()
        self.assignment.with_user(self.manager).action_reopen()
        self.assertFigures(sold=0, resolved=0, assigned=1, open=1, conversion=0.0)
        self._sell()
        self.assertFigures(sold=1, resolved=1, assigned=1, open=0, conversion=1.0)

    def test_a_state_that_is_written_is_no_other_way_out(self):
        for state in ("draft", "sent", "cancel"):
            with self.subTest(state):
                self.order.with_user(self.salesperson).write({"state": "sale"})
                self.assertFigures(sold=1, conversion=1.0)
                self.order.with_user(self.salesperson).write({"state": state})
                self.assertFigures(sold=0, conversion=0.0)

    def test_two_orders_of_one_customer(self):
        second = self._order(self.customer)
        self._sell(second)
        self.assertFigures(sold=1, resolved=1, conversion=1.0)
        self._sell(self.order)
        self.assertFigures(sold=1, resolved=1, conversion=1.0)
        self._take_back(second)
        self.assertFigures(sold=0, conversion=0.0)

    def test_a_second_order_after_the_first_one_is_another_sale(self):
        self._sell()
        second = self._order(self.customer)
        self._assign(self.customer)
        self.assertFigures(assigned=2, resolved=1, sold=1, open=1, conversion=0.5)
        self._sell(second)
        self.assertFigures(assigned=2, resolved=2, sold=2, conversion=1.0)

    def test_two_orders_confirmed_together_are_one_sale(self):
        second = self._order(self.customer)
        (self.order | second).with_user(self.salesperson).action_confirm()
        self.assertFigures(sold=1, resolved=1, conversion=1.0)

    def test_an_order_without_an_amount_is_a_sale(self):
        self.order.order_line.price_unit = 0
        self.assertEqual(self.order.amount_total, 0)
        self._sell()
        self.assertFigures(sold=1, conversion=1.0)

    def test_a_refund_is_no_cancellation(self):
        self._sell()
        line = self.order.order_line
        line.qty_delivered = line.product_uom_qty
        invoice = self.order._create_invoices()
        invoice.action_post()
        for share in (1, 2):
            with self.subTest(share):
                refund = invoice._reverse_moves([{"invoice_date": invoice.date}])
                refund.invoice_line_ids.quantity = share / 2
                refund.action_post()
                self.assertFigures(sold=1, conversion=1.0)

    def test_quotations_lost_and_open_and_sold(self):
        lost, still = self._lead("Lost"), self._lead("Open")
        self._assign(lost | still)
        self._sell()
        lost.sale_order_ids.with_user(self.agent).action_cancel()
        figures = self._figures()
        self.assertAlmostEqual(figures["conversion"], 1 / 3)

    def test_what_a_former_customer_buys_later_is_no_open_quotation(self):
        self._resolve(self.assignment)
        self.assertFigures(conversion=0.0)
        self._sell()
        self.assertFigures(sold=0, conversion=False)

    def test_leads_of_long_ago_are_not_in_the_conversion(self):
        self._resolve(self.assignment)
        self.assignment.assigned_at -= timedelta(days=40)
        self.assignment.ended_at -= timedelta(days=31)
        self.assertFigures(conversion=False)
        self.assignment.ended_at += timedelta(days=2)
        self.assertFigures(conversion=0.0)

    def test_merged_leads_do_not_count_and_moved_ones_go_on(self):
        person = self._lead("Joan", is_company=False)
        self._assign(person)
        self.assertFigures(assigned=2, open=2)
        company = self._lead("Brown and Sons")
        person.parent_id = company
        self.assertEqual(company.leads_agent_id, self.agent)
        self.assertFigures(assigned=2, open=2)
        other = self._lead("Duplicate")
        self._assign(other, self.other_agent)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.customer | other).ids, other)
        self.assertFigures(assigned=1, open=1)
        self.assertFigures(self.other_agent, assigned=1, open=1)

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    def test_today_is_one_midnight_for_all(self):
        """In Auckland the day is hours older, in Los Angeles younger: in the figures it begins at the company's."""
        theirs = self._lead("Theirs")
        second = self._assign(theirs, self.other_agent)
        with self._at_time("2026-07-09 21:59:00"):
            self._sell()
            self._sell(theirs.sale_order_ids)
            for assignment in (self.assignment, second):
                assignment.assigned_at = "2026-07-09 21:59:00"
                self.assertFigures(assignment.agent_id, assigned=1, resolved=1, sold=1)
        with self._at_time("2026-07-09 22:00:00"):
            for agent in (self.agent, self.other_agent):
                self.assertFigures(agent, assigned=0, resolved=0, sold=0)
        with self._at_time("2026-07-10 21:59:59"):
            (self.assignment | second).write({"assigned_at": "2026-07-09 22:00:00", "ended_at": "2026-07-10 10:00:00"})
            for agent in (self.agent, self.other_agent):
                self.assertFigures(agent, assigned=1, resolved=1, sold=1)

    def test_who_looks_does_not_matter(self):
        self._sell()
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", False):
            with self.subTest(zone):
                self.manager.tz = self.agent.tz = zone
                self.assignment.ended_at = self.env.company._leads_midnight() - timedelta(seconds=1)
                self.assertFigures(sold=0, resolved=0)
                self.assignment.ended_at = self.env.company._leads_midnight()
                self.assertFigures(sold=1, resolved=1)

    def test_without_a_setting_it_is_the_zone_of_the_working_hours(self):
        company = self.env.company
        company.leads_agent_tz = False
        self.assertEqual(company._leads_zone(), company.resource_calendar_id.tz)
        company.resource_calendar_id.tz = "Asia/Tokyo"
        self.assertEqual(company._leads_zone(), "Asia/Tokyo")
        company.resource_calendar_id = self.env["resource.calendar"].create({"name": "Desk", "tz": "America/Denver"})
        self.assertEqual(company._leads_zone(), "America/Denver")
        self.env["res.config.settings"].create({"leads_agent_tz": "Pacific/Auckland"}).execute()
        self.assertEqual(company._leads_zone(), "Pacific/Auckland")

    def test_each_company_has_its_day(self):
        overseas = self.env["res.company"].create({"name": "Overseas", "leads_agent_tz": "Pacific/Auckland"})
        self.manager.company_ids += overseas
        faye = self._user(
            "agent_faye",
            "leads_agent.group_leads_agent",
            company_id=overseas.id,
            company_ids=[Command.set(overseas.ids)],
        )
        customer = self._customer("Kiwi", company_id=overseas.id)
        self.env["sale.order"].with_company(overseas).create({"partner_id": customer.id})
        [lead] = (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .with_company(overseas)
            .create({"partner_id": customer.id, "agent_id": faye.id})
        )
        manager = self.env(user=self.manager.id, context={"allowed_company_ids": [self.env.company.id, overseas.id]})
        found = manager["leads.agent.assignment"].search
        for moment, mine, theirs in (
            ("2026-07-10 11:00:00", True, True),
            ("2026-07-10 12:30:00", True, False),
            ("2026-07-10 22:30:00", False, False),
        ):
            with self.subTest(moment), self._at_time(moment):
                (lead.sudo() | self.assignment).assigned_at = "2026-07-10 10:00:00"
                self._settle()
                today = found([("is_assigned_today", "=", True)])
                self.assertEqual((self.assignment in today, lead in today), (mine, theirs))
                others = found([("is_assigned_today", "=", False)])
                self.assertEqual((self.assignment in others, lead in others), (not mine, not theirs))
                self.assertEqual((lead.is_assigned_today, lead.is_ended_today), (theirs, False))

    # ------------------------------------------------------------------
    # Kept databases
    # ------------------------------------------------------------------

    def test_what_was_logged_before_is_counted(self):
        self._resolve(self.assignment)
        self.assignment.with_user(self.manager).action_reopen()
        sold = self._lead("Sold")
        self._assign(sold)
        self._sell(sold.sale_order_ids)
        expected = self._figures()
        self.env.cr.execute(
            """
            UPDATE leads_agent_assignment
               SET first_id = NULL, is_assigned = NULL, is_resolved = NULL, conversion = NULL
            """
        )
        figures.count_all(self.env)
        self.assertEqual(self._figures(), expected)

    # ------------------------------------------------------------------
    # The time line
    # ------------------------------------------------------------------

    def _events(self):
        rows = self.env["leads.agent.history"].search([("order_id", "=", self.order.id)], order="id")
        return [event for event in rows.mapped("event") if event]

    def test_a_step_back_to_quotation_is_an_event(self):
        order = self.order.with_user(self.salesperson)
        order.action_cancel()
        order.action_draft()
        row = self.env["leads.agent.history"].search([("order_id", "=", self.order.id)], order="id desc", limit=1)
        self.assertEqual((row.kind, row.event, row.author_id), ("order", "reset", self.salesperson.partner_id))
        self.assertEqual(
            row.with_user(self.agent).summary.split(",")[0], f"Order {self.order.name} set back to quotation"
        )
        self.assertIn(
            row.id,
            [entry["id"] for entry in self.env["leads.agent.dashboard"].with_user(self.agent).get_data()["history"]],
        )

    def test_every_step_back_of_a_held_order_is_told_once(self):
        order = self.order.with_user(self.salesperson)
        order.action_quotation_sent()
        order.action_draft()
        order.action_draft()
        order.write({"state": "draft"})
        self._sell()
        self._take_back()
        order.action_draft()
        self.assertEqual(self._events().count("reset"), 1, "nobody holds the lead after the sale")
        self._assign(self.customer, self.other_agent)
        order.action_cancel()
        order.action_draft()
        self.assertEqual(self._events()[-2:], ["cancelled", "reset"])
        self._sell()
        self.assertEqual(self._events()[-1], "confirmed")

    def test_what_was_told_is_not_taken_in_again(self):
        self.order.with_user(self.salesperson).action_cancel()
        self.order.with_user(self.salesperson).action_draft()
        told = self._events()
        self.assignment.with_user(self.manager).action_unassign()
        self._assign(self.customer, self.other_agent)
        self.assertEqual(self._events(), told)
