from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .desk_common import WORKDAY, DeskCommon

GIVING = ("search", "choose", "assign")
SHARING = ("import", "batch", "plan", "rule")
CALLING = ("next", "call")
PROMISING = ("callback",)
EVERY_ENTRY_POINT = (*GIVING, *SHARING, *CALLING, *PROMISING)
# The sentence of each refusal, and the entry points that show it; at all others it does not apply.
SAYS = {
    "opted_out": ("{} does not want to be called.", EVERY_ENTRY_POINT),
    "blacklisted": ("Do not call: the number of {} is on the do-not-call list.", EVERY_ENTRY_POINT),
    "blacklisted_contact": ("Do not call: the number of {} is on the do-not-call list.", EVERY_ENTRY_POINT),
    "no_phone": ("{} has no phone number.", (*GIVING, *SHARING, *CALLING)),
    "no_phone_needed": ("{} has no phone number.", CALLING),
    "cooling": ("{} was resolved as 'Not interested' and is in cooling-off until", SHARING),
    "unreadable": ("'555 extension on request' is not a phone number", CALLING),
    "most_calls": ("{} has already been called 1 times today", CALLING),
    "unknown_zone": ("Neither the address nor the phone number of {} tells the time zone", (*CALLING, *PROMISING)),
    "hours": ("{} may not be called", (*CALLING, *PROMISING)),
    "colleague": ("{} is the lead of Agent Ben.", CALLING),
    "on_the_phone": ("Agent Ben is on the phone with {}.", CALLING),
    "ours": ("{} is a colleague or one of your own companies", (*CALLING, *PROMISING)),
}
# The result log of a batch says it of all customers at once.
LOGGED = ("batch", "plan")
SAYS_IN_LOG = {
    "opted_out": "Do not want to be called",
    "blacklisted": "Their number is on the do-not-call list",
    "blacklisted_contact": "Their number is on the do-not-call list",
    "no_phone": "No phone number",
    "cooling": "In cooling-off.",
}
# Giving asks other questions first: who holds the lead, and whether it is one.
ASKED = {"colleague": CALLING, "on_the_phone": (*CALLING, *PROMISING), "ours": (*CALLING, *PROMISING)}
# Ended or lifted: they apply at no entry point.
OVER = (
    "opted_out_over",
    "opted_out_lifted",
    "blacklisted_over",
    "blacklisted_removed",
    "contact_of_several",
    "cooling_over",
)


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestRefusals(DeskCommon):
    """Each refusal has the same sentence at every entry point where it applies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disposition.cooling_days = 10
        cls.env["leads.agent.rule"].search([]).active = False
        cls.stays = cls._disposition(fate="keep")
        cls._resolve(cls.assignment)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def _opted_out(self, customer, until=False):
        self.env["leads.agent.opt.out"]._record(customer, until=until)
        # Only the customer's opt-out is left.
        self.env["phone.blacklist"].search([]).active = False

    def _opted_out_over(self, customer):
        self._opted_out(customer, until=fields.Datetime.now() - timedelta(seconds=1))

    def _opted_out_lifted(self, customer):
        self._opted_out(customer)
        customer.with_user(self.manager).leads_opt_out_ids.action_lift("Wrote and asks for an offer")

    def _blacklisted(self, customer):
        self.env["phone.blacklist"].add(customer.phone_sanitized)

    def _blacklisted_over(self, customer):
        self.env["phone.blacklist"]._leads_block(
            [customer.phone_sanitized], until=fields.Datetime.now() - timedelta(seconds=1)
        )

    def _blacklisted_removed(self, customer):
        self._blacklisted(customer)
        self.env["phone.blacklist"].remove(customer.phone_sanitized)

    def _contact(self, customer):
        return self.env["res.partner"].create(
            {"name": "Joan", "parent_id": customer.id, "phone": "+32 2 555 09 77", "country_id": self.belgium.id}
        )

    def _blacklisted_contact(self, customer):
        """The only number of the customer."""
        contact = self._contact(customer)
        customer.phone = False
        self._blacklisted(contact)

    def _blacklisted_second(self, customer):
        """One of two numbers in a phone field."""
        customer.phone = "+32 2 555 09 78 / +32 475 55 09 78"
        self.env["phone.blacklist"].add("+32 475 55 09 78")

    def _contact_of_several(self, customer):
        """The customer's own number is not blocked."""
        self._blacklisted(self._contact(customer))

    def _no_phone(self, customer):
        self.env.company.leads_agent_need_phone = True
        customer.phone = False

    def _no_phone_needed(self, customer):
        customer.phone = False

    def _cooling(self, customer):
        self._resolve(self._active(customer) or self._assign(customer))

    def _cooling_over(self, customer):
        self._cooling(customer)
        customer.leads_assignment_ids.ended_at = fields.Datetime.now() - timedelta(days=10, seconds=1)

    def _unreadable(self, customer):
        customer.phone = "555 extension on request"

    def _most_calls(self, customer):
        self.env.company.leads_agent_calls_per_day = 1
        self._finish(self.stays, customer, self._active(customer).agent_id or self.agent)

    def _unknown_zone(self, customer):
        # International freephone numbers.
        customer.write({"country_id": False, "phone": "+800 1234 5678"})

    def _hours(self, customer):
        self._only_open(8, 9, self.belgium)

    def _colleague(self, customer):
        if held := self._active(customer):
            held.with_user(self.manager).action_unassign()
        self._assign(customer, self.other_agent)

    def _on_the_phone(self, customer):
        self._start(customer, self.other_agent, direction="in")

    def _ours(self, customer):
        self.env["res.company"].create({"name": customer.name, "partner_id": customer.id})

    # ------------------------------------------------------------------
    # Entry points: each returns its sentence on the customer, or nothing
    # ------------------------------------------------------------------

    def _search(self, customer):
        found = self.env["res.partner"].with_user(self.manager).search([("id", "=", customer.id)])
        refused = found.search([("id", "=", customer.id), ("is_leads_refused", "=", True)])
        welcome = found.search([("id", "=", customer.id), ("is_leads_refused", "=", False)])
        self.assertEqual((refused | welcome, bool(refused & welcome)), (customer, False))
        self.assertEqual((found.is_leads_refused, bool(found.leads_refusal)), (bool(refused), bool(refused)))
        return found.leads_refusal or ""

    def _choose(self, customer):
        """The list of *Assign Lead* only leaves the customer out."""
        domain = self.env["leads.agent.assign"]._fields["partner_id"].domain
        found = self.env["res.partner"].with_user(self.manager).search([("id", "=", customer.id), *domain])
        return None if not found else ""

    def _by_assign(self, customer):
        try:
            self._assign(customer)
        except UserError as error:
            return str(error)
        return ""

    def _by_import(self, customer):
        loaded = (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .load(["partner_id/.id", "agent_id/.id"], [[str(customer.id), str(self.agent.id)]])
        )
        return "" if loaded["ids"] else loaded["messages"][0]["message"]

    def _batch(self, customer, action):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "selected_order_ids": customer.sale_order_ids.ids})
        )
        action(batch)
        self.assertIn(batch.line_ids.result, ("blocked", "assigned", False))
        return batch.line_ids.reason if batch.line_ids.result == "blocked" else ""

    def _by_batch(self, customer):
        return self._batch(customer, lambda batch: batch.action_assign())

    def _by_plan(self, customer):
        return self._batch(customer, lambda batch: batch.action_plan())

    def _by_rule(self, customer):
        """The rule only assigns the customer or not; the sentence is read from the manual entry point."""
        rule = (
            self.env["leads.agent.rule"]
            .with_user(self.manager)
            .create(
                {"name": "One", "team_id": self.call_center.id, "customer_domain": repr([("id", "=", customer.id)])}
            )
        )
        count = rule.matching_count
        rule.action_run()
        self.assertEqual((count, rule.last_assigned_count, rule.last_refused_count), (count, count, 0))
        return "" if count else None

    def _by_next(self, customer):
        answer = self.env["leads.agent.desk"].with_user(self.agent).next_lead()
        if answer["partner_id"]:
            self.assertEqual(answer["partner_id"], customer.id)
            return ""
        [reason] = answer["reasons"]
        # If there is a time to wait for, *Next* shows it instead.
        return None if reason.startswith(("Nobody can be called now. Next customer", "No lead is assigned")) else reason

    def _by_call(self, customer):
        try:
            self._start(customer)
        except UserError as error:
            return str(error)
        return ""

    def _by_callback(self, customer):
        try:
            self.env["leads.agent.callback"].with_user(self.agent).create(
                {"partner_id": customer.id, "due_at": "2026-11-26 10:00:00"}
            )
        except UserError as error:
            return str(error)
        return ""

    # ------------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------------

    def _ask(self, reason, entry_point):
        """Return the sentence on a customer to whom the refusal applies; None: refused without a sentence."""
        customer = self._lead("Quayside Books", country_id=self.belgium.id, phone="+32 2 555 09 70")
        if entry_point in (*CALLING, *PROMISING):
            self._assign(customer)
        getattr(self, f"_{reason}")(customer)
        if entry_point in (*CALLING, *PROMISING) and reason.startswith("cooling"):
            self._assign(customer)
        self.env.flush_all()
        self.env.invalidate_all()
        ask = getattr(self, f"_{entry_point}" if entry_point in ("search", "choose") else f"_by_{entry_point}")
        return ask(customer)

    @contextmanager
    def _asked(self, reason, entry_point):
        """Return the sentence on a new customer, and roll everything back."""
        savepoint = self.env.cr.savepoint()
        try:
            yield self._ask(reason, entry_point)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_cache()

    def test_every_reason_says_the_same_at_every_entry_point(self):
        for reason, (sentence, entry_points) in SAYS.items():
            for entry_point in ASKED.get(reason, EVERY_ENTRY_POINT):
                with self.subTest(reason, entry_point=entry_point), self._asked(reason, entry_point) as answer:
                    if entry_point not in entry_points:
                        self.assertEqual(answer, "", "allowed")
                    elif entry_point in LOGGED:
                        self.assertTrue(answer.startswith(SAYS_IN_LOG[reason]), answer)
                    elif answer is not None:
                        self.assertTrue(answer.startswith(sentence.format("Quayside Books")), answer)

    def test_what_is_over_holds_at_no_entry_point(self):
        for reason in OVER:
            for entry_point in EVERY_ENTRY_POINT:
                with self.subTest(reason, entry_point=entry_point), self._asked(reason, entry_point) as answer:
                    self.assertEqual(answer, "")

    def test_each_number_of_a_cell_counts_wherever_a_lead_is_given(self):
        """Searches compare the number that Odoo found in the cell, as no database reads such a cell."""
        for entry_point in ("assign", "import", "batch", "plan", *CALLING, *PROMISING):
            with self.subTest(entry_point), self._asked("blacklisted_second", entry_point) as answer:
                sentence = SAYS_IN_LOG["blacklisted"] if entry_point in LOGGED else SAYS["blacklisted"][0]
                self.assertEqual(answer, sentence.format("Quayside Books"))

    def test_the_list_is_complete(self):
        refusals = self.env["res.partner"]._refusals()
        names = [refusal.name for refusal in refusals]
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual(set(names), set(SAYS), "each stands in the table of this test")
        for refusal in refusals:
            with self.subTest(refusal.name):
                self.assertTrue(refusal.entry_points)
                self.assertLessEqual(refusal.entry_points, {"give", "share", "call", "promise", "keep"})
                self.assertTrue(callable(refusal.sentence))
                self.assertTrue(refusal.condition or refusal.judge)
                if refusal.entry_points & {"give", "share"}:
                    self.assertTrue(refusal.condition, "giving knows no facts of a call")
                    self.assertTrue(refusal.title(self.env).startswith(SAYS_IN_LOG[refusal.name]))
