from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent import untouched

from .limits_common import LimitsCommon


@tagged("post_install", "-at_install")
class TestLimits(LimitsCommon):
    """Customers who may not be assigned now, in every way of assigning, and untouched leads."""

    # ------------------------------------------------------------------
    # Cooling-off
    # ------------------------------------------------------------------

    def test_resolved_lead_is_left_alone_by_batch_import_and_rule_until_its_day(self):
        customer = self.customers[0]
        assignment = self._assign(customer)
        self._resolve(assignment)
        line = self._batch(customer, agent=self.other_agent)[customer]
        self.assertEqual(line.result, "blocked")
        self.assertEqual(line.reason, "In cooling-off. A manager can still assign them manually")
        self.assertRegex(line.detail, "^Not interested, until .*20")
        with self.assertRefused(UserError, "cooling-off until"):
            self._import(customer, self.other_agent)
        for source in ("rule", "offer"):
            [result] = self._give(customer, source=source)
            self.assertEqual(result.result, "blocked")
        assignment.sudo().ended_at = fields.Datetime.now() - timedelta(days=10, hours=1)
        self.assertEqual(self._results(customer, agent=self.other_agent), ["assigned"])

    def test_manager_who_picks_the_customer_by_hand_decides_knowingly(self):
        first, second = self.customers[:2]
        self._resolve(self._assign(first))
        self.assertTrue(self._assign(first, self.other_agent))
        assignment = self._assign(second)
        self._resolve(assignment)
        assignment.with_user(self.manager).action_reopen()
        self.assertTrue(self._active(second))

    def test_newest_resolution_decides(self):
        customer = self.customers[0]
        soon = self.env["leads.agent.disposition"].create({"name": "Call again any time"})
        old = self._assign(customer)
        self._resolve(old)
        self.assertEqual(self._results(customer), ["blocked"])
        self._resolve(self._assign(customer), disposition=soon)
        old.sudo().ended_at = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self._results(customer), ["assigned"])

    def test_a_sale_leaves_the_customer_free(self):
        customer = self.customers[0]
        self._assign(customer)
        customer.sale_order_ids.action_confirm()
        self._order(customer)
        self.assertEqual(self._results(customer), ["assigned"])

    # ------------------------------------------------------------------
    # Do not call, no phone
    # ------------------------------------------------------------------

    def test_number_on_the_do_not_call_list_is_refused_at_every_entry_point(self):
        customer, other = self.customers[:2]
        resolved = self._assign(other)
        self._resolve(resolved)
        self.env["phone.blacklist"].add(customer.phone)
        self.env["phone.blacklist"].add(other.phone)
        line = self._batch(customer)[customer]
        self.assertEqual(
            (line.result, line.reason, line.detail),
            ("blocked", "Their number is on the do-not-call list", ""),
        )
        with self.assertRefused(UserError, "Do not call"):
            self._assign(customer)
        with self.assertRefused(UserError, "Do not call"):
            self._import(customer)
        with self.assertRefused(UserError, "Do not call"):
            resolved.with_user(self.agent).action_reopen()
        self.env["phone.blacklist"].remove(customer.phone)
        self.assertEqual(self._results(customer), ["assigned"])

    def test_customer_with_another_number_may_be_called(self):
        """A contact who wants no calls does not silence the company; the company's own number does."""
        customer = self.customers[0]
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": customer.id, "phone": "+32 2 555 09 01"}
        )
        self.env["phone.blacklist"].add(contact.phone)
        self.assertEqual(self._results(customer), ["assigned"])
        silent = self._lead("Only a contact can be called")
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": silent.id, "phone": "+32 2 555 09 02"}
        )
        self.env["phone.blacklist"].add(contact.phone)
        self.assertEqual(self._results(silent), ["blocked"])

    def test_customers_without_a_phone_are_given_unless_the_setting_says_no(self):
        mute, other = self._lead("No phone"), self._lead("No phone either")
        self.assertEqual(self._results(mute), ["assigned"])
        self.env.company.leads_agent_need_phone = True
        line = self._batch(other)[other]
        self.assertEqual((line.result, line.reason), ("blocked", "No phone number"))
        self.env["res.partner"].create({"name": "Contact", "parent_id": other.id, "phone": "+32 2 555 09 03"})
        self.assertEqual(self._results(other), ["assigned"])

    # ------------------------------------------------------------------
    # Untouched
    # ------------------------------------------------------------------

    def _age(self, assignments, days):
        assignments.sudo().assigned_at = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()

    def test_untouched_leads_go_back_to_the_pool_with_a_reason(self):
        left, called, young = assignments = self._assign(self.customers[:3])
        self._age(assignments, 15)
        called.partner_id.with_user(self.agent).message_post(body="Rang", subtype_xmlid="mail.mt_note")
        self._age(young, 13)
        self.agent.notification_type = "inbox"
        self.env.company.leads_agent_untouched_days = 14
        self._run_untouched()
        self.assertEqual((called.state, young.state), ("active", "active"))
        self.assertEqual(
            (left.state, left.end_reason, left.note),
            ("unassigned", "unassigned", "Back in the pool: not contacted within 14 days."),
        )
        self.assertFalse(left.partner_id.leads_agent_id)
        notice = self.env["mail.message"].search([("partner_ids", "in", self.agent.partner_id.ids)], limit=1)
        self.assertIn("Not contacted within 14 days, so no longer assigned to you: Customer 0", notice.body)
        self._run_untouched()
        self.assertEqual(len(self.customers[0].leads_assignment_ids), 1, "the second run finds nothing")

    def test_contact_before_the_assignment_does_not_count(self):
        customer = self.customers[0]
        customer.message_post(body="Long ago", subtype_xmlid="mail.mt_note")
        assignment = self._assign(customer)
        self._age(assignment, 15)
        assignment.sudo().last_contact_at = fields.Datetime.now() - timedelta(days=16)
        self.env.company.leads_agent_untouched_days = 14
        self._run_untouched()
        self.assertEqual(assignment.state, "unassigned")

    @mute_logger("odoo.addons.leads_agent.jobs")
    def test_a_chunk_that_fails_is_undone_and_holds_up_neither_what_was_done_nor_the_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        _kept, broken, after, theirs = assignments = self._assign(self.customers[:4])
        theirs.sudo().company_id = elsewhere
        self._age(assignments, 15)
        (self.env.company | elsewhere).leads_agent_untouched_days = 14
        end = type(assignments)._end

        def fail_at_one(chunk, *args, **terms):
            ended = end(chunk, *args, **terms)
            if broken in chunk:
                raise ZeroDivisionError
            return ended

        with patch.object(untouched, "CHUNK", 1), patch.object(type(assignments), "_end", fail_at_one):
            self._run_untouched()
        self.assertEqual(assignments.mapped("state"), ["unassigned", "active", "active", "unassigned"])
        self.assertEqual((broken | after).partner_id.leads_agent_id, self.agent)
        self._run_untouched()
        self.assertEqual(set(assignments.mapped("state")), {"unassigned"})

    def test_a_chunk_that_collides_with_another_worker_is_done_again(self):
        assignments = self._assign(self.customers[:2])
        self._age(assignments, 15)
        self.env.company.leads_agent_untouched_days = 14
        end, attempts = type(assignments)._end, []

        def collide_once(chunk, *args, **terms):
            ended = end(chunk, *args, **terms)
            attempts.append(chunk)
            if len(attempts) == 2:
                raise ConcurrencyError
            return ended

        with (
            patch.object(untouched, "CHUNK", 1),
            patch.object(type(assignments), "_end", collide_once),
            patch("odoo.service.model.time.sleep"),
        ):
            self._run_untouched()
        self.assertEqual([chunk.id for chunk in attempts], [assignments[0].id, assignments[1].id, assignments[1].id])
        self.assertEqual(set(assignments.mapped("state")), {"unassigned"})

    def test_untouched_rule_is_off_by_default(self):
        assignment = self._assign(self.customers[0])
        self._age(assignment, 400)
        self._run_untouched()
        self.assertEqual(assignment.state, "active")

    def _run_untouched(self):
        """Run the daily job without its commits."""
        self.env["leads.agent.assignment"].invalidate_model()
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent.cron_release_untouched").method_direct_trigger()

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_absurd_numbers_get_a_sentence(self):
        for record, name in (
            (self.env.company, "leads_agent_untouched_days"),
            (self.disposition, "cooling_days"),
        ):
            for value in (-1, 10**12, float("inf"), "many"):
                with self.subTest(f"{name} = {value}"), self.assertRefused(ValidationError, "must be a whole number"):
                    record.write({name: value})
        with self.assertRefused(ValidationError, "'Cooling-Off' must be a whole number from 0 to 3650"):
            self.env["leads.agent.disposition"].create({"name": "Never again", "cooling_days": 10**12})
