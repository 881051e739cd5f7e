from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestCalls(DeskCommon):
    def test_a_call_from_dialling_to_the_outcome(self):
        with freeze_time("2026-11-25 10:00:00"):
            answer = self.env["leads.agent.call"].with_user(self.agent).start(self.customer.id)
        self.assertEqual(answer["dial"], {"url": "tel:+3225550101"})
        call = self.env["leads.agent.call"].with_user(self.agent).browse(answer["call_id"])
        with freeze_time("2026-11-25 10:06:00"):
            call.hang_up()
        with freeze_time("2026-11-25 10:09:00"):
            call.hang_up()
            call.finish(self.disposition.id, " Bought elsewhere ")
        self.assertEqual((call.state, call.note, call.is_contact), ("done", "Bought elsewhere", 1))
        self.assertAlmostEqual(call.duration, 0.1)
        self.assertEqual(call.local_hour, 11, "the hour in Brussels")
        self.assertEqual((call.team_id, call.assignment_id), (self.call_center, self.assignment))
        self.assertEqual(call.sudo().order_id, self.customer.sale_order_ids)
        self.assertEqual((self.assignment.state, self.assignment.end_reason), ("resolved", "resolved"))
        self.assertEqual(self.assignment.disposition_id, self.disposition)

    def test_the_same_call_goes_on_and_a_second_one_waits_for_its_outcome(self):
        other = self._callable()
        self._assign(other)
        call = self._start()
        self.assertEqual(self._start(), call)
        with self.assertRefused(UserError, "Log the outcome of your call with Harbour Café first"):
            self._start(other)

    def test_nobody_calls_whom_a_colleague_is_talking_to(self):
        nobodys = self._callable()
        self._start(nobodys, self.other_agent)
        with self.assertRefused(UserError, "Agent Ben is on the phone with Quayside Books"):
            self._start(nobodys)

    def test_the_lead_of_a_colleague_is_not_called_but_may_call(self):
        with self.assertRefused(UserError, "Harbour Café is the lead of Agent Anna"):
            self._start(user=self.other_agent)
        call = self._start(user=self.other_agent, direction="in")
        call.finish(self.disposition.id, "Called back by the customer")
        self.assertEqual(self.assignment.state, "active", "an outcome ends nobody else's lead")
        self.assertEqual(call.state, "done")

    def test_who_may_not_be_called(self):
        cases = {
            "has no phone number": {"phone": False},
            "do-not-call list": {},
            "5 times today": {},
        }
        for sentence, vals in cases.items():
            with self.subTest(sentence):
                customer = self._callable(f"Customer that {sentence}")
                customer.write(vals)
                self._assign(customer) if customer.phone else None
                if "do-not-call" in sentence:
                    self.env["phone.blacklist"].add(customer.phone_sanitized)
                if "times" in sentence:
                    for _nr in range(5):
                        self._finish(self._disposition(fate="keep"), customer)
                with self.assertRefused(UserError, sentence):
                    self._start(customer)

    def test_calls_of_yesterday_by_the_customers_calendar_do_not_count(self):
        self.env.company.leads_agent_calls_per_day = 1
        stays = self._disposition(fate="keep")
        with freeze_time("2026-11-25 22:59:00"):  # 23:59 in Brussels
            self._finish(stays)
            with self.assertRefused(UserError, "1 times today"):
                self._start()
        with freeze_time("2026-11-25 23:01:00"):
            self._finish(stays)

    def test_legal_hours_are_those_of_the_customer(self):
        self._only_open(9, 20, self.belgium)
        with freeze_time("2026-11-25 19:30:00"), self.assertRefused(UserError, "it is Wed 8:30 PM there.*again from"):
            self._start()
        with freeze_time("2026-11-25 18:59:00"):
            self._start()

    def test_a_contact_is_called_as_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.customer.id, "phone": "0470123456"})
        self.assertEqual(self._start(contact).partner_id, self.customer)

    def test_a_sale_is_the_outcome(self):
        call = self._start()
        with freeze_time("2026-11-25 10:12:00"):
            self.customer.sale_order_ids.with_user(self.agent).action_confirm()
        sale = self.env.ref("leads_agent.disposition_sale")
        self.assertEqual((call.state, call.is_sale, call.disposition_id), ("done", 1, sale))
        self.assertAlmostEqual(call.duration, 0.2)
        self.assertEqual(self.assignment.end_reason, "sale")

    def test_the_history_shows_the_call(self):
        self._finish(self.no_answer, note="Rang for a minute")
        row = self.env["leads.agent.history"].search([("partner_id", "=", self.customer.id), ("kind", "=", "call")])
        self.assertEqual(row.summary, "No answer - Rang for a minute")
        self.assertEqual(row.author_id, self.agent.partner_id)
        self.assertEqual(self.assignment.last_contact_at, self._at(WORKDAY))

    def test_calls_of_customers_of_nobody_are_taken_in_at_assigning(self):
        customer = self._callable()
        self._finish(self.no_answer, customer)
        self._assign(customer)
        kinds = self.env["leads.agent.history"].search([("partner_id", "=", customer.id)]).mapped("kind")
        self.assertEqual(kinds.count("call"), 1)

    def test_bad_input_gets_a_sentence_and_loses_nothing(self):
        call = self._start()
        elsewhere = self._disposition(team_ids=self.env["crm.team"].create({"name": "Elsewhere"}).ids)
        gone = self._disposition()
        gone_id = gone.id
        gone.unlink()
        needs_note = self._disposition(needs_note=True)
        for sentence, disposition_id in {
            "no longer exists": gone_id,
            "not available in your call center": elsewhere.id,
            "Invalid record ID": "7; DROP TABLE",
            "needs a note": needs_note.id,
            "Sale is not available": self.env.ref("leads_agent.disposition_sale").id,
        }.items():
            with self.subTest(sentence), self.assertRefused(UserError, sentence):
                call.finish(disposition_id, "  ")
        self.assertEqual((call.state, self.assignment.state), ("talking", "active"))
        for value in (0, -1, "x", None, True, 2**40):
            with self.subTest(value), self.assertRefused(UserError, "Invalid record ID"):
                self.env["leads.agent.call"].with_user(self.agent).start(value)
        with self.assertRefused(UserError, "no longer exists"):
            self.env["leads.agent.call"].with_user(self.agent).start(2**31 - 1)
        with self.assertRefused(UserError, "incoming or outgoing"):
            self.env["leads.agent.call"].with_user(self.agent).start(self.customer.id, "sideways")

    def test_an_outcome_is_logged_once(self):
        call = self._finish(self.no_answer)
        with self.assertRefused(UserError, "has already been logged"):
            call.finish(self.no_answer.id)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_calls_belong_to_who_made_them(self):
        call = self._start()
        for user in (self.other_agent, self.manager):
            with self.assertRefused(AccessError, "This call belongs to Agent Anna"):
                call.with_user(user).finish(self.no_answer.id)
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                call.with_user(user).read(["note"])
            with self.assertRaises(AccessError):
                self.env["leads.agent.call"].with_user(user).start(self.customer.id)
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                call.with_user(user).write({"note": "Forged"})
            with self.assertRaises(AccessError):
                call.with_user(user).copy()
            with self.assertRaises(AccessError):
                call.with_user(user).unlink()


@tagged("post_install", "-at_install")
class TestCallsUnderTheLock(DeskCommon):
    def test_a_lead_that_is_taken_away_during_the_call_leaves_nobody_stuck(self):
        self.env.company.leads_agent_lock_assigned = True
        call = self._start()
        self.assignment.with_user(self.manager).action_unassign()
        self.env.flush_all()
        self.env.invalidate_all()
        call.finish(self.no_answer.id, "Was on the phone already")
        self.assertEqual((call.sudo().state, self.assignment.attempt_count), ("done", 0))
        self.assertFalse(call.with_user(self.agent).has_access("read"))
        other = self._callable()
        self._assign(other)
        self._start(other)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_under_the_lock_calls_go_out_of_sight_with_the_customer(self):
        self.env.company.leads_agent_lock_assigned = True
        call = self._finish(self.no_answer, note="Said hello")
        self.assertEqual(call.with_user(self.agent).read(["note"])[0]["note"], "Said hello")
        self.assignment.with_user(self.manager).action_unassign()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            call.with_user(self.agent).read(["note"])
        with self.assertRaises(AccessError):
            self._start()


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestOutcomeForm(DeskCommon):
    def _form(self, call):
        action = call.action_outcome()
        return Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(**action["context"]))

    def test_what_will_happen_is_told_before(self):
        form = self._form(self._start())
        self.assertFalse(form.effects)
        form.disposition_id = self.no_answer
        self.assertEqual(form.effects, "Attempt 1 of 6.\nThe lead comes back to you in 4 hours.")
        form.disposition_id = self.env.ref("leads_agent.disposition_do_not_call")
        self.assertEqual(
            form.effects,
            "The lead is closed, and not assigned again for 365 days.\n"
            "The customer is never called again, at any number.",
        )
        form.save().action_confirm()
        self.assertEqual(self.assignment.state, "resolved")

    def test_an_outcome_that_was_chosen_is_not_asked_for_again(self):
        call = self._start()
        action = call.log_outcome(self.agreed.id)["action"]
        self.assertEqual(
            (action["name"], action["target"], action["views"]), ("Callback agreed", "new", [(False, "form")])
        )
        form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(**action["context"]))
        self.assertTrue(form.is_chosen)
        self.assertEqual(form.disposition_id, self.agreed)
        self.assertRegex(form.effects, "You call back on 11/26/26")
        form.note = "After lunch"
        form.save().action_confirm()
        self.assertEqual((call.state, call.disposition_id, call.note), ("done", self.agreed, "After lunch"))
        self.assertFalse(self._form(self._start()).is_chosen, "opened without an outcome, the form has the list")

    def test_a_callback_is_shown_on_both_clocks(self):
        self.agent.tz = "America/New_York"
        form = self._form(self._start())
        form.disposition_id = self.agreed
        self.assertEqual(str(form.callback_date), "2026-11-26", "a day later, as the disposition says")
        form.callback_time = 15.5
        self.assertRegex(form.callback_times, r"Thu 26 Nov 15:30 for the customer, Thu 26 Nov 09:30 for you")
        form.clock = "agent"
        form.callback_time = 9.75
        self.assertRegex(form.callback_times, r"15:45 for the customer, Thu 26 Nov 09:45 for you")
        form.save().action_confirm()
        callback = self.env["leads.agent.callback"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(callback.due_at, self._at("2026-11-26 14:45:00"))
        self.assertEqual(callback.zone, "America/New_York")

    def test_a_wrong_time_is_a_sentence_and_the_form_stays(self):
        form = self._form(self._start())
        form.disposition_id = self.agreed
        form.callback_time = 25
        self.assertRegex(form.callback_times, "between 0:00 and 23:59")
        wizard = form.save()
        with self.assertRefused(UserError, "between 0:00 and 23:59"):
            wizard.action_confirm()
        wizard.callback_time, wizard.callback_date = 8, "2026-11-24"
        with self.assertRefused(UserError, "in the past"):
            wizard.action_confirm()
        self.assertEqual(wizard.call_id.state, "talking")
