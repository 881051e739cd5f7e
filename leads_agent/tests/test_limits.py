from datetime import timedelta
from random import Random

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..tools import limits
from ..tools.eligibility import Cause, Verdict
from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestLimits(LeadsAgentCommon):
    """How much an agent may have, and whom nobody may be given now, at every door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disposition.cooling_days = 10
        cls.customers = cls.env["res.partner"].browse(
            [cls._lead(f"Customer {nr}", phone=f"+32 2 555 01 0{nr}").id for nr in range(6)]
        )

    def _batch(self, customers, agent=None, **vals):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create(
                {
                    "agent_id": (agent or self.agent).id,
                    "selected_order_ids": customers.sale_order_ids.ids,
                    **vals,
                }
            )
        )
        batch.action_assign()
        return {line.partner_id: line for line in batch.line_ids}

    def _results(self, customers, **kwargs):
        lines = self._batch(customers, **kwargs)
        return [lines[customer].result for customer in customers]

    def _import(self, customers, agent=None):
        return (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .with_context(import_file=True)
            .create([{"partner_id": customer.id, "agent_id": (agent or self.agent).id} for customer in customers])
        )

    # ------------------------------------------------------------------
    # Most open leads
    # ------------------------------------------------------------------

    def test_batch_fills_the_agent_up_to_the_cap_and_says_so_of_the_rest(self):
        self.env.company.leads_agent_max_open = 2
        lines = self._batch(self.customers[:4])
        results = sorted(line.result for line in lines.values())
        self.assertEqual(results, ["assigned", "assigned", "capped", "capped"])
        capped = next(line for line in lines.values() if line.result == "capped")
        self.assertEqual(capped.reason, "Agent Anna is full: at most 2 open leads.")
        self.assertEqual(self.agent.leads_open_count, 2)

    def test_every_door_refuses_a_full_agent(self):
        first, second, third, fourth = self.customers[:4]
        self._assign(first)
        self._assign(third, self.other_agent)
        resolved = self._assign(fourth)
        self._resolve(resolved)
        self.env.company.leads_agent_max_open = 1
        full = "Agent Anna is full: at most 1 open leads"
        with self.assertRefused(UserError, full):
            self._assign(second)
        with self.assertRefused(UserError, full):
            self._import(second)
        with self.assertRefused(UserError, full):
            resolved.with_user(self.manager).action_reopen()
        action = (
            self.env["leads.agent.reassign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "assignment_ids": self._active(third).ids})
            .action_reassign()
        )
        self.assertIn(full, action["params"]["message"])
        self.assertEqual(self._active(third).agent_id, self.other_agent, "left with whom it was")
        [outcome] = self.env["leads.agent.assignment"]._assign_leads(self.agent, second, source="rule")
        self.assertEqual(outcome["result"], "capped")

    def test_number_of_the_agent_counts_instead_of_the_company(self):
        self.env.company.leads_agent_max_open = 1
        self.agent.leads_max_open = 3
        self.assertEqual(sorted(self._results(self.customers[:4])), ["assigned"] * 3 + ["capped"])
        self.assertEqual(sorted(self._results(self.customers[4:], agent=self.other_agent)), ["assigned", "capped"])

    def test_strictest_company_of_the_agent_counts(self):
        strict = self.env["res.company"].create({"name": "Strict", "leads_agent_max_open": 1})
        self.env.company.leads_agent_max_open = 5
        self.agent.company_ids += strict
        self.assertEqual(sorted(self._results(self.customers[:2])), ["assigned", "capped"])

    def test_resolving_makes_room(self):
        self.env.company.leads_agent_max_open = 1
        assignment = self._assign(self.customers[0])
        self._resolve(assignment)
        self.assertTrue(self._assign(self.customers[1]))

    def test_what_an_agent_enters_is_theirs_even_when_full(self):
        self.env.company.write({"leads_agent_max_open": 1, "leads_agent_lock_assigned": True})
        self._assign(self.customers[0])
        entered = self.env["res.partner"].with_user(self.agent).create({"name": "Walk-in"})
        self.assertEqual(self._active(entered).agent_id, self.agent)

    def test_first_of_the_request_get_the_room_there_is(self):
        self.env.company.leads_agent_max_open = 1
        wanted = self.customers[3] | self.customers[0]
        outcomes = self.env["leads.agent.assignment"]._assign_leads(self.agent, wanted, source="batch")
        self.assertEqual([outcome["result"] for outcome in outcomes], ["assigned", "capped"])

    # ------------------------------------------------------------------
    # Most new leads a day
    # ------------------------------------------------------------------

    def test_leads_of_today_count_also_when_they_ended(self):
        self.env.company.leads_agent_max_per_day = 2
        self._resolve(self._assign(self.customers[0]))
        self._assign(self.customers[1])
        with self.assertRefused(UserError, "full for today: at most 2 new leads a day"):
            self._assign(self.customers[2])

    def test_day_begins_at_midnight_of_the_agent(self):
        self.env.company.leads_agent_max_per_day = 1
        assignment = self._assign(self.customers[0])
        midnight = self.env["leads.agent.assignment"]._midnight(self.agent)
        assignment.sudo().assigned_at = midnight - timedelta(seconds=1)
        self.assertEqual(sorted(self._results(self.customers[1:3])), ["assigned", "capped"])

    def test_reopening_is_no_new_lead_of_the_day(self):
        self.env.company.leads_agent_max_per_day = 1
        assignment = self._assign(self.customers[0])
        self._resolve(assignment)
        assignment.with_user(self.agent).action_reopen()
        self.assertTrue(self._active(self.customers[0]))

    # ------------------------------------------------------------------
    # Cooling-off
    # ------------------------------------------------------------------

    def test_resolved_lead_is_left_alone_by_batch_import_and_rule_until_its_day(self):
        customer = self.customers[0]
        assignment = self._assign(customer)
        self._resolve(assignment)
        line = self._batch(customer, agent=self.other_agent)[customer]
        self.assertEqual(line.result, "blocked")
        self.assertRegex(line.reason, "was resolved as 'Not interested' and is left alone until .*20")
        with self.assertRefused(UserError, "left alone until"):
            self._import(customer, self.other_agent)
        for source in ("rule", "offer"):
            [outcome] = self.env["leads.agent.assignment"]._assign_leads(self.agent, customer, source=source)
            self.assertEqual(outcome["result"], "blocked")
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

    def test_number_on_the_do_not_call_list_is_refused_at_every_door(self):
        customer, other = self.customers[:2]
        resolved = self._assign(other)
        self._resolve(resolved)
        self.env["phone.blacklist"].add(customer.phone)
        self.env["phone.blacklist"].add(other.phone)
        line = self._batch(customer)[customer]
        self.assertEqual(
            (line.result, line.reason),
            ("blocked", "Do not call: the number of Customer 0 is on the do-not-call list."),
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
        self.assertEqual((line.result, line.reason), ("blocked", "No phone either has no phone number."))
        self.env["res.partner"].create({"name": "Contact", "parent_id": other.id, "phone": "+32 2 555 09 03"})
        self.assertEqual(self._results(other), ["assigned"])

    def test_refused_leads_take_no_place_of_the_cap(self):
        self.env.company.leads_agent_max_open = 1
        self.env["phone.blacklist"].add(self.customers[0].phone)
        outcomes = self.env["leads.agent.assignment"]._assign_leads(self.agent, self.customers[:2], source="batch")
        self.assertEqual([outcome["result"] for outcome in outcomes], ["blocked", "assigned"])

    def test_arithmetic_never_exceeds_a_cap_and_leaves_no_lead_without_a_fate(self):
        dice = Random(42)
        for _nr in range(200):
            agents = range(1, dice.randint(1, 5) + 1)
            loads = {
                agent: limits.Load(
                    dice.randint(0, 9), dice.randint(0, 9), dice.choice([None, 5, 12]), dice.choice([None, 7])
                )
                for agent in agents
                if dice.random() < 0.8
            }
            verdicts = {
                lead: Verdict(*dice.choice([("assigned", "assigned"), ("held", "held")]))
                for lead in range(dice.randint(0, 40))
            }
            agent_of = {lead: dice.choice(agents) for lead in verdicts}
            refused = {lead: Cause("cooling") for lead in verdicts if dice.random() < 0.1}
            limited = limits.limit(
                verdicts, agent_of, refused, loads, dice.sample(sorted(verdicts), len(verdicts) // 2)
            )
            self.assertEqual(limited.keys(), verdicts.keys())
            for agent in agents:
                given = [lead for lead, v in limited.items() if v.result == "assigned" and agent_of[lead] == agent]
                capped = [lead for lead, v in limited.items() if v.result == "capped" and agent_of[lead] == agent]
                room = loads[agent].room if agent in loads else None
                self.assertTrue(room is None or len(given) <= room)
                self.assertTrue(not capped or len(given) == room, "nobody is called full who is not")
                self.assertFalse(set(given) & refused.keys())

    # ------------------------------------------------------------------
    # Untouched
    # ------------------------------------------------------------------

    def _age(self, assignments, days):
        assignments.sudo().assigned_at = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()

    def test_untouched_leads_go_back_to_the_pool_with_a_reason(self):
        untouched, called, young = assignments = self._assign(self.customers[:3])
        self._age(assignments, 15)
        called.partner_id.with_user(self.agent).message_post(body="Rang", subtype_xmlid="mail.mt_note")
        self._age(young, 13)
        self.agent.notification_type = "inbox"
        self.env.company.leads_agent_untouched_days = 14
        self._run_untouched()
        self.assertEqual((called.state, young.state), ("active", "active"))
        self.assertEqual(
            (untouched.state, untouched.end_reason, untouched.note),
            ("unassigned", "unassigned", "Back in the pool: not contacted within 14 days."),
        )
        self.assertFalse(untouched.partner_id.leads_agent_id)
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

    def test_untouched_rule_is_off_by_default(self):
        assignment = self._assign(self.customers[0])
        self._age(assignment, 400)
        self._run_untouched()
        self.assertEqual(assignment.state, "active")

    def _run_untouched(self):
        """As the daily job does, without its commits."""
        self.env["leads.agent.assignment"].invalidate_model()
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent.cron_release_untouched").method_direct_trigger()

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_absurd_numbers_get_a_sentence(self):
        for record, name in (
            (self.env.company, "leads_agent_max_open"),
            (self.env.company, "leads_agent_max_per_day"),
            (self.env.company, "leads_agent_untouched_days"),
            (self.agent, "leads_max_open"),
            (self.agent, "leads_max_per_day"),
            (self.agent, "leads_weight"),
            (self.disposition, "cooling_days"),
        ):
            for value in (-1, 10**12, float("inf"), "many"):
                with self.subTest(f"{name} = {value}"), self.assertRefused(ValidationError, "must be a whole number"):
                    record.write({name: value})
        with self.assertRefused(ValidationError, "'Cooling-Off' must be a whole number from 0 to 3650"):
            self.env["leads.agent.disposition"].create({"name": "Never again", "cooling_days": 10**12})

    def test_settings_page_refuses_absurd_numbers_and_saves_good_ones(self):
        settings = self.env["res.config.settings"].create({"leads_agent_max_open": 40, "leads_agent_need_phone": True})
        settings.execute()
        self.assertEqual(self.env.company.leads_agent_max_open, 40)
        self.assertTrue(self.env.company.leads_agent_need_phone)
        with self.assertRefused(ValidationError, "must be a whole number"):
            self.env["res.config.settings"].create({"leads_agent_max_open": -5}).execute()

    def test_form_says_before_that_the_agent_is_full(self):
        self.agent.leads_max_open = 1
        self._assign(self.customers[0])
        form = Form(self.env["leads.agent.assign"].with_user(self.manager))
        form.agent_id = self.agent
        self.assertEqual(form.agent_note, "Agent Anna is full: at most 1 open leads.")
        form.agent_id = self.other_agent
        self.assertFalse(form.agent_note)
