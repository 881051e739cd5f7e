from datetime import date, datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import AGENT

from .. import promising
from .desk_common import WORKDAY, DeskCommon


class CallbackCommon(DeskCommon):
    def _sees(self, callback, user):
        self.env.flush_all()
        self.env.invalidate_all()
        found = bool(self.env["leads.agent.callback"].with_user(user).search([("id", "=", callback.id)]))
        self.assertEqual(callback.with_user(user).has_access("read"), found)
        return found


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestCallbacks(CallbackCommon):
    def test_the_moment_is_the_one_on_the_customers_clock(self):
        callback = self._callback(day="2026-11-26", hour=14.5)
        self.assertEqual(callback.due_at, self._at("2026-11-26 13:30:00"))
        self.assertEqual(callback.zone, "Europe/Brussels")
        self.assertRegex(callback.with_user(self.agent).at_customer, "2:30")
        self.assertEqual((callback.agent_id, callback.team_id), (self.agent, self.call_center))

    def test_every_hour_of_the_days_on_which_clocks_change(self):
        """In every zone, the agreed moment has the agreed local time, and occurs once."""
        for zone in ("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"):
            local = pytz.timezone(zone)
            for day in ("2026-10-25", "2027-03-28", "2026-11-01", "2027-03-14", "2026-04-05", "2026-10-04"):
                moments = []
                for quarter in range(96):
                    said = datetime.fromisoformat(day) + timedelta(minutes=15 * quarter)
                    moment, _zone = promising.parse(
                        self.env, self.customer, {"date": day, "time": quarter / 4, "zone": zone}
                    )
                    there = pytz.utc.localize(moment).astimezone(local).replace(tzinfo=None)
                    if there != said:
                        # A local time skipped by the change to summer time: later by the skipped time.
                        self.assertRaises(pytz.NonExistentTimeError, local.localize, said, is_dst=None)
                        self.assertLessEqual(there - said, timedelta(hours=1))
                        self.assertGreater(there, said)
                    else:
                        moments.append(moment)
                self.assertEqual(moments, sorted(set(moments)), (zone, day))

    def test_a_call_keeps_the_promise(self):
        callback = self._callback()
        with freeze_time("2026-11-26 13:30:00"):
            call = self._finish(self.env.ref("leads_agent.disposition_interested"))
        self.assertEqual((callback.state, callback.kept_call_id, call.callback_id), ("done", call, callback))

    def test_a_customer_has_one_open_promise(self):
        callback = self._callback()
        again = self._callback(day="2026-11-27")
        self.assertEqual(callback.state, "done", "the call in which the new one was agreed on")
        self.assertEqual(again.state, "open")
        with self.assertRefused(UserError, "already has an open callback, for"):
            self.env["leads.agent.callback"].with_user(self.agent).create(
                {"partner_id": self.customer.id, "due_at": "2026-11-28 10:00:00"}
            )

    def test_bad_input_gets_a_sentence(self):
        call = self._start()
        self._only_open(9, 20, self.belgium)
        for sentence, callback in {
            "in the past": {"date": "2026-11-25", "time": 10.0},
            "more than a year away": {"date": "2027-12-01", "time": 10.0},
            "may not be called then: it would be .* there": {"date": "2026-11-26", "time": 21.0},
            "no time zone 'Mars/Olympus'": {"date": "2026-11-26", "time": 10.0, "zone": "Mars/Olympus"},
            "a day and a time": {"date": "tomorrow", "time": 10.0},
            "time between 0:00": {"date": "2026-11-26", "time": 24.0},
            "needs a day and": {"date": "2026-11-26", "time": "noon"},
            "callback needs a day": {"time": float("nan"), "date": "2026-11-26"},
        }.items():
            with self.subTest(sentence), self.assertRefused(UserError, sentence):
                call.finish(self.agreed.id, "", callback)
        self.assertEqual(call.state, "talking")

    def test_due_is_told_once_and_kept_until_the_call(self):
        self.agent.notification_type = "inbox"
        callback = self._callback()
        inbox = [("res_partner_id", "=", self.agent.partner_id.id), ("is_read", "=", False)]
        self._remind()
        before = self.env["mail.notification"].search_count(inbox)
        with freeze_time("2026-11-26 13:30:01"):
            self.assertTrue(callback.is_due)
            self.assertFalse(callback.is_missed)
            self._remind()
            self._remind()
            self.assertEqual(self.env["mail.notification"].search_count(inbox), before + 1)
            message = self.env["mail.message"].search([("subject", "=", "Callback due: Harbour Café")])
            self.assertEqual(len(message), 1)
            self.assertEqual(callback.state, "open")

    def test_the_job_is_woken_at_the_moment(self):
        callback = self._callback()
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("leads_agent_call.cron_callbacks").id), ("call_at", "=", callback.due_at)]
        )
        self.assertEqual(len(trigger), 1)

    def test_private_until_missed_then_open_to_the_call_center(self):
        outsider = self._user("agent_out", "leads_agent.group_leads_agent")
        self.env["crm.team"].create({"name": "South", "member_ids": outsider.ids})
        callback = self._callback()
        for moment, ben_sees in (("2026-11-26 13:59:59", False), ("2026-11-26 14:00:01", True)):
            with freeze_time(moment):
                self.assertEqual(self._sees(callback, self.other_agent), ben_sees, moment)
                self.assertTrue(self._sees(callback, self.agent))
                self.assertTrue(self._sees(callback, self.manager))
                self.assertFalse(self._sees(callback, outsider))
        with freeze_time("2026-11-26 14:00:01"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                callback.with_user(self.other_agent).note = "Mine now"
            self.assertEqual(self._start(user=self.other_agent).callback_id, callback)

    def test_whoever_keeps_a_missed_promise_does_not_take_the_lead(self):
        callback = self._callback()
        with freeze_time("2026-11-26 14:30:00"):
            self._finish(self.env.ref("leads_agent.disposition_interested"), user=self.other_agent)
        self.assertEqual(callback.state, "done")
        self.assertEqual(self.customer.leads_agent_id, self.agent)

    def test_it_follows_the_lead(self):
        callback = self._callback()
        self.env["leads.agent.reassign"].with_user(self.manager).create(
            {"assignment_ids": self.assignment.ids, "agent_id": self.other_agent.id}
        ).action_reassign()
        self.assertEqual((callback.state, callback.agent_id), ("open", self.other_agent))

    def test_it_outlives_the_agent(self):
        for name, leave in {
            "archived": lambda: self.agent.write({"active": False}),
            "role lost": lambda: self.agent.write({"group_ids": [Command.unlink(self.env.ref(AGENT).id)]}),
            "unassigned": lambda: self.assignment.with_user(self.manager).action_unassign(),
        }.items():
            with self.subTest(name):
                self.agent.write({"active": True, "group_ids": [Command.link(self.env.ref(AGENT).id)]})
                if not self.customer.leads_agent_id:
                    self.assignment = self._assign(self.customer)
                callback = self._callback()
                leave()
                self.assertEqual((callback.state, callback.agent_id.id), ("open", False))
                self.assertTrue(self._sees(callback, self.other_agent), "open to the call center at once")
                callback._close("cancelled")

    def test_an_agent_on_leave_is_not_waited_for(self):
        callback = self._callback()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Skiing",
                "date_from": self._at("2026-11-25 20:00:00"),
                "date_to": self._at("2026-11-27 20:00:00"),
                "resource_id": self._resource(self.agent).id,
            }
        )
        with freeze_time("2026-11-26 13:30:01"):
            self._remind()
            self.assertFalse(callback.agent_id)
            self.assertTrue(self._sees(callback, self.other_agent))

    def _remind(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent_call.cron_callbacks").method_direct_trigger()
        self.env.invalidate_all()

    def _resource(self, user):
        return user.resource_ids[:1] or self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "resource_type": "user", "company_id": user.company_id.id}
        )

    def test_what_may_not_be_called_when_it_is_due(self):
        """On the do-not-call list by now: cancelled, and the agent is notified. Outside calling hours: postponed."""
        self.agent.notification_type = "inbox"
        blocked, late = self._callback(), self._callable()
        self._assign(late)
        late = self._callback(late)
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)
        self._only_open(9, 12, self.belgium)
        with freeze_time("2026-11-26 13:30:01"):
            self._remind()
            self.assertEqual(blocked.state, "cancelled")
            self.assertTrue(self.env["mail.message"].search([("subject", "=", "Callback cancelled: Harbour Café")]))
            self.assertEqual((late.state, late.due_at), ("open", self._at("2026-11-27 08:00:00")))
            self.assertFalse(late.is_due)
        with freeze_time("2026-11-27 08:00:01"):
            self._remind()
            self.assertTrue(late.told_at)

    def test_due_but_not_missed_is_not_for_colleagues(self):
        self._callback()
        with freeze_time("2026-11-26 13:35:00"), self.assertRefused(UserError, "is the lead of Agent Anna"):
            self._start(user=self.other_agent)

    def test_an_archived_customer_is_not_called_back(self):
        callback = self._callback()
        self.customer.active = False
        self.assertEqual(callback.state, "cancelled")

    def test_a_closed_lead_is_not_called_back(self):
        callback = self._callback()
        self._resolve(self.assignment)
        self.assertEqual((callback.state, bool(callback.closed_at)), ("cancelled", True))

    def test_merged_customers_keep_the_first_promise_with_all_notes(self):
        other = self._callable()
        self._assign(other)
        first, second = self._callback(day="2026-11-27"), self._callback(other, day="2026-11-26")
        first.note, second.note = "Wants the catalogue", "Wants a price"
        calls = self.env["leads.agent.call"].search([("partner_id", "in", (self.customer | other).ids)])
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer | other).ids, self.customer)
        self.assertEqual(second.exists().partner_id, self.customer, "the one that is due first stays")
        self.assertEqual((first.state, second.state), ("cancelled", "open"))
        self.assertEqual(second.note, "Wants a price\nWants the catalogue")
        self.assertEqual(calls.exists(), calls)
        self.assertEqual(calls.partner_id, self.customer)

    def test_a_customer_who_becomes_a_contact_takes_promise_and_calls_along(self):
        other = self._callable()
        self._assign(other)
        callback = self._callback(other)
        other.write({"parent_id": self.customer.id, "is_company": False})
        self.assertEqual((callback.partner_id, callback.state), (self.customer, "open"))
        self.assertEqual(callback.call_id.partner_id, self.customer)
        with freeze_time("2026-11-26 13:30:00"):
            self.assertEqual(self._start().callback_id, callback)

    def test_most_open_callbacks_of_an_agent(self):
        self.env.company.leads_agent_most_callbacks = 1
        self._callback()
        other = self._callable()
        self._assign(other)
        with self.assertRefused(UserError, "Agent Anna already has 1 open callbacks"):
            self._callback(other)

    def test_do_not_call_holds_when_it_is_agreed_on_and_when_it_is_due(self):
        callback = self._callback()
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)
        with self.assertRefused(UserError, "do-not-call list"):
            callback.with_user(self.agent).due_at = self._at("2026-11-27 10:00:00")
        with freeze_time("2026-11-26 13:31:00"):
            answer = self.env["leads.agent.desk"].with_user(self.agent).next_lead()
            self.assertFalse(answer["partner_id"])
            with self.assertRefused(UserError, "do-not-call list"):
                self._start()

    def test_the_agent_moves_and_cancels_and_writes_nothing_else(self):
        callback = self._callback().with_user(self.agent)
        callback.write({"due_at": self._at("2026-11-27 10:00:00"), "note": "After the fair"})
        with self.assertRefused(UserError, "in the past"):
            callback.due_at = self._at("2026-11-24 10:00:00")
        for name, value in {
            "agent_id": self.other_agent.id,
            "state": "done",
            "partner_id": self._callable().id,
        }.items():
            with self.subTest(name), self.assertRefused(AccessError, "is set automatically"):
                callback.write({name: value})
        callback.action_cancel()
        self.assertEqual(callback.state, "cancelled")
        with self.assertRefused(UserError, "has ended"):
            callback.note = "Reopen"

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_one_promises_or_deletes_for_others(self):
        customer = self._callable()
        self._assign(customer, self.other_agent)
        Callback = self.env["leads.agent.callback"].with_user(self.agent)
        with self.assertRefused(UserError, "is the lead of Agent Ben"):
            Callback.create({"partner_id": customer.id, "due_at": "2026-11-28 10:00:00", "agent_id": self.agent.id})
        with self.assertRefused(AccessError, "in your own name"):
            Callback.create(
                {"partner_id": customer.id, "due_at": "2026-11-28 10:00:00", "agent_id": self.other_agent.id}
            )
        callback = self._callback()
        for user in (self.agent, self.manager, self.other_agent):
            with self.assertRaises(AccessError):
                callback.with_user(user).unlink()
        with self.assertRaises(AccessError):
            callback.with_user(self.other_agent).action_cancel()
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                callback.with_user(user).read(["note"])

    def test_managers_hand_over(self):
        callback = self._callback().with_user(self.manager)
        callback.agent_id = self.other_agent
        self.assertTrue(self._sees(callback, self.other_agent))

    def test_the_proposed_time_is_one_at_which_calls_are_allowed(self):
        self._only_open(9, 20, self.belgium)
        env = self.env(user=self.agent)
        moment, zone = promising.propose(env, self.customer, 12 * 60)
        self.assertEqual((moment, zone), (self._at("2026-11-26 08:00:00"), "Europe/Brussels"))
        moment, _zone = promising.propose(env, self.customer, 7)
        self.assertEqual(moment, datetime(2026, 11, 25, 10, 15))
        self.assertEqual(promising.propose(env, self.customer, 0)[0] - moment, timedelta(minutes=-15))


@tagged("post_install", "-at_install")
class TestCallbacksUnderTheLock(CallbackCommon):
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_under_the_lock_callbacks_go_out_of_sight_with_the_customer(self):
        self.env.company.leads_agent_lock_assigned = True
        nobodys = self._callable()
        self._assign(nobodys)
        callback = self._callback(nobodys, day=str(date.today() + timedelta(days=2)))
        self._active(nobodys).with_user(self.manager).action_unassign()
        self.assertFalse(callback.agent_id)
        self.assertFalse(self._sees(callback, self.other_agent), "the lock hides the customer")
        self.assertFalse(self._sees(callback, self.agent))
        self.assertTrue(self._sees(callback, self.manager))

    def test_a_missed_promise_of_a_colleague_stays_out_of_sight(self):
        self.env.company.leads_agent_lock_assigned = True
        callback = self._callback(day=str(date.today() + timedelta(days=2)))
        with freeze_time(callback.open_at + timedelta(minutes=1)):
            self.assertFalse(self._sees(callback, self.other_agent))
            answer = self.env["leads.agent.desk"].with_user(self.other_agent).next_lead()
            self.assertEqual((answer["partner_id"], answer["reasons"]), (False, ["No lead is assigned to you."]))
            self.assertEqual(self.env["leads.agent.desk"].with_user(self.agent).next_lead()["callback_id"], callback.id)
