from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import next_lead
from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestNextLead(DeskCommon):
    def _next(self, user=None, **kwargs):
        return self.env["leads.agent.desk"].with_user(user or self.agent).next_lead(**kwargs)

    def _held(self, name, amount, days_ago=0, **vals):
        customer = self._customer(name, country_id=self.belgium.id, phone=f"+322555{len(name):04d}", **vals)
        order = self._order(customer, days_ago=days_ago)
        order.order_line.write({"product_uom_qty": 1, "price_unit": amount})
        self._assign(customer)
        return customer

    def test_the_most_valuable_first_with_reasons(self):
        big = self._held("Grand Hotel", 40_000.0)
        answer = self._next()
        self.assertEqual(answer["partner_id"], big.id)
        self.assertIn("Quotation for", answer["reasons"][0])
        self.assertIn("40,000.00", answer["reasons"][0])
        self.assertEqual(answer["reasons"][-1], "It is 11:00 AM there.")

    def test_an_old_quotation_counts_less(self):
        old, new = self._held("Old one", 8_000.0, days_ago=60), self._held("New", 4_000.0)
        self.assertEqual(self._next()["partner_id"], new.id)
        self.env.company.leads_agent_half_life = 365
        self.assertEqual(self._next()["partner_id"], old.id)

    def test_a_callback_that_is_due_is_never_passed_over(self):
        self._held("Grand Hotel", 900_000.0)
        callback = self._callback()
        self.assertNotEqual(self._next()["partner_id"], self.customer.id)
        with freeze_time("2026-11-26 13:30:00"):
            answer = self._next()
        self.assertEqual((answer["partner_id"], answer["callback_id"]), (self.customer.id, callback.id))
        self.assertIn("Callback promised for", answer["reasons"][0])

    def test_a_missed_callback_comes_to_a_colleague(self):
        callback = self._callback()
        with freeze_time("2026-11-26 13:50:00"):
            self.assertFalse(self._next(self.other_agent)["partner_id"])
        with freeze_time("2026-11-26 14:10:00"):
            answer = self._next(self.other_agent)
            self.assertEqual((answer["partner_id"], answer["callback_id"]), (self.customer.id, callback.id))
            self.assertIn("Callback of Agent Anna", answer["reasons"][0])

    def test_skipped_waiting_blocked_and_called_ones_are_passed_by(self):
        best = self._held("Grand Hotel", 40_000.0)
        self.assertEqual(self._next(skipped=[best.id])["partner_id"], self.customer.id)
        self._finish(self.no_answer, best)
        self.assertEqual(self._next()["partner_id"], self.customer.id)
        with freeze_time("2026-11-25 14:00:01"):
            self.assertEqual(self._next()["partner_id"], best.id)
            self.env["phone.blacklist"].add(best.phone_sanitized)
            self.assertEqual(self._next()["partner_id"], self.customer.id)

    def test_never_one_that_a_colleague_has_open(self):
        self._start(user=self.other_agent, direction="in")
        answer = self._next()
        self.assertFalse(answer["partner_id"])
        self.assertEqual(answer["reasons"], ["Agent Ben is on the phone with Harbour Café."])

    def test_a_running_call_is_next(self):
        self._start()
        answer = self._next()
        self.assertEqual(answer["partner_id"], self.customer.id)
        self.assertEqual(answer["reasons"], ["Log the outcome of this call first."])

    def test_only_within_calling_hours_and_when_the_next_one_is(self):
        self._only_open(9, 11, self.belgium)
        answer = self._next()
        self.assertFalse(answer["partner_id"])
        self.assertRegex(answer["reasons"][0], "Nobody can be called now. Next customer: 26 Nov 8:00")

    def test_nothing_at_all(self):
        self.assertEqual(self._next(self.other_agent)["reasons"], ["No lead is assigned to you."])
        with (
            self.assertRefused(AccessError, "Only users who hold leads"),
            mute_logger("odoo.addons.base.models.ir_rule"),
        ):
            self._next(self.salesperson)
        with self.assertRefused(UserError, "Invalid list of record IDs"):
            self._next(skipped=["x"])

    def test_answers_at_this_hour_count(self):
        one, two = self._held("Answers at noon", 1_000.0), self._held("Sleeps at noon!", 1_100.0)
        self.assertEqual(self._next()["partner_id"], two.id)
        reached = self._disposition(fate="keep")
        for day in range(10, 20):
            with freeze_time(f"2026-11-{day} 10:30:00"):
                self._finish(reached, one)
        with freeze_time(WORKDAY):
            answer = self._next()
        self.assertEqual(answer["partner_id"], one.id)
        self.assertIn("Answered 10 of 10 calls around this time of day.", answer["reasons"])

    def test_the_stored_order_is_the_one_of_the_arithmetic(self):
        """SQL stores the result of the doctested function, for every lead."""
        weights = self.env.company._leads_weights()
        customers = [self._held("Nr " + "x" * nr, 10.0 ** (nr % 5), days_ago=nr * 7) for nr in range(12)]
        for customer in customers[:4]:
            self._finish(self.no_answer, customer)
        for customer in customers[4:6]:
            order = self._order(customer)
            order.with_user(self.agent).action_confirm()
            self._order(customer)
            self._assign(customer)
        self.env.flush_all()
        facts_of = self.env["leads.agent.desk"]._facts([customer.id for customer in customers])
        for customer in customers:
            assignment = self._active(customer)
            self.assertAlmostEqual(
                assignment.priority, next_lead.standing(facts_of[customer.id].lead, weights), 4, customer.name
            )

    def test_a_bigger_quotation_moves_up_at_once(self):
        self._held("Grand Hotel", 4_000.0)
        order = self.customer.sale_order_ids
        line = {"product_id": self.product.id, "price_unit": 50_000.0}
        order.with_context(tracking_disable=True).write({"order_line": [Command.create(line)]})
        self.env.flush_all()
        self.env.cr.precommit.run()
        first = self.env["leads.agent.assignment"].search(
            [("agent_id", "=", self.agent.id)], order="priority DESC", limit=1
        )
        self.assertEqual(first.partner_id, self.customer)

    def test_looking_at_few_leads_finds_the_same_as_looking_at_all(self):
        """The search ends early, but never too early: in steps of one lead it finds the same as all at once."""
        reached = self._disposition(fate="keep")
        in_vain = self._disposition(fate="keep", is_contact=False)
        for nr in range(9):
            customer = self._held("y" * (nr + 1), 1_000.0 + 40 * nr)
            for day in range(nr % 4):
                with freeze_time(f"2026-11-{10 + day} 10:30:00"):
                    self._finish(reached if nr % 2 else in_vain, customer)
        skipped = []
        for _turn in range(10):
            whole = self._next(skipped=skipped)["partner_id"]
            with patch("odoo.addons.leads_agent_call.walking.CHUNK", 1):
                self.assertEqual(self._next(skipped=skipped)["partner_id"], whole)
            skipped.append(whole)
        self.assertFalse(self._next(skipped=skipped)["partner_id"])

    def test_behind_many_who_may_not_be_called_now_comes_one_who_may(self):
        france = self.env.ref("base.fr")
        for nr in range(30):
            self._held("z" * (nr + 1), 90_000.0 + nr)
        self._only_open(9, 11, self.belgium)
        self.assertFalse(self._next()["partner_id"])
        small = self._held("Boulangerie", 10.0)
        small.write({"country_id": france.id, "phone": "+33 1 42 68 53 00"})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self._next()["partner_id"], small.id)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 16)

    def test_it_costs_the_same_number_of_queries_whatever_the_number_of_leads(self):
        counts = []
        for size in (3, 40):
            for nr in range(size):
                self._held("x" * (nr + size), 100.0 + nr)
            self._next()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._next()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts), counts[0] + 1, counts)

    def test_weights_have_bounds_and_refresh_the_order(self):
        Assignment = self.env["leads.agent.assignment"]
        before = self.assignment.priority
        self.env.company.leads_agent_half_life = 28
        self.assertNotEqual(self.assignment.priority, before)
        Assignment._refresh_priorities(Domain("id", "=", self.assignment.id))
        self.assertEqual(self.assignment.next_call_at, False)
        self.assertLess(fields.Datetime.now() - self.assignment.assigned_at, timedelta(days=1))
