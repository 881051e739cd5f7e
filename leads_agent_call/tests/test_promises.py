from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged

from .. import preview
from .desk_common import WORKDAY, DeskCommon


class PromiseCommon(DeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The limit of calls per day is tested elsewhere.
        cls.env.company.leads_agent_calls_per_day = 0
        cls.busy = cls.env.ref("leads_agent.disposition_busy")
        cls.voicemail = cls.env.ref("leads_agent.disposition_voicemail")

    def _remind(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent_call.cron_callbacks").method_direct_trigger()
        self.env.invalidate_all()

    def _dashboard(self, user=None):
        return self.env["leads.agent.dashboard"].with_user(user or self.agent).get_data()


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestPromisesInVain(PromiseCommon):
    """A call that reaches nobody does not keep a callback."""

    def test_whatever_reaches_nobody_leaves_the_promise_open_until_the_retry(self):
        """The agreed time, the call and its outcome, the new time."""
        engaged = self._disposition(name="Engaged", fate="keep", is_contact=False, retry_minutes=45)
        later = self._disposition(name="Nobody at the desk", fate="keep", is_contact=False, retry_minutes=3 * 24 * 60)
        for outcome, called_at, due_at in (
            (self.no_answer, "2026-11-26 13:30:00", "2026-11-26 17:30:00"),
            (self.busy, "2026-11-26 13:31:00", "2026-11-26 14:01:00"),
            (self.voicemail, "2026-11-26 13:40:00", "2026-11-27 13:40:00"),
            (engaged, "2026-11-26 16:00:00", "2026-11-26 16:45:00"),
            (later, "2026-11-26 13:30:00", "2026-11-29 13:30:00"),
            # A minute early, and the retry is later than the agreed time
            (self.busy, "2026-11-26 13:29:00", "2026-11-26 13:59:00"),
            # A day early: the later of agreed time and retry
            (self.voicemail, "2026-11-25 14:00:00", "2026-11-26 14:00:00"),
            (later, "2026-11-25 10:05:00", "2026-11-28 10:05:00"),
        ):
            with self.subTest(outcome.name, called_at=called_at):
                customer = self._callable(f"Customer {outcome.name} {called_at}")
                lead = self._assign(customer)
                callback = self._callback(customer)
                with freeze_time(called_at):
                    call = self._finish(outcome, customer)
                self.assertEqual(call.callback_id, callback)
                self.assertRecordValues(
                    callback,
                    [
                        {
                            "state": "open",
                            "agent_id": self.agent.id,
                            "due_at": self._at(due_at),
                            "promised_at": self._at("2026-11-26 13:30:00"),
                            "kept_call_id": False,
                            "closed_at": False,
                            "told_at": False,
                        }
                    ],
                )
                self.assertEqual((lead.state, lead.attempt_count), ("active", 1))
                with freeze_time(self._at(due_at) + timedelta(seconds=1)):
                    self._remind()
                    self.assertTrue(callback.told_at, "told of again")
                    self._finish(self.env.ref("leads_agent.disposition_interested"), customer)
                self.assertEqual(callback.state, "done", "reached at last")

    def test_a_call_that_was_early_takes_no_promise_away(self):
        """A customer called too early without success is called again at the agreed time."""
        self.agent.tz = "Europe/Brussels"
        promised = self._at("2026-11-26 13:30:00")
        for outcome, called_at in (
            (self.no_answer, "2026-11-25 14:00:00"),
            (self.busy, "2026-11-25 10:05:00"),
            (self.voicemail, "2026-11-25 11:00:00"),
            (self.no_answer, "2026-11-26 09:29:00"),
            (self.busy, "2026-11-26 12:59:00"),
            (self._disposition(name="Line dead", fate="keep", is_contact=False), "2026-11-25 16:00:00"),
        ):
            with self.subTest(outcome.name, called_at=called_at):
                customer = self._callable(f"Customer {outcome.name} {called_at}")
                lead = self._assign(customer)
                callback = self._callback(customer)
                with freeze_time(called_at):
                    call = self._start(customer)
                    self.assertIn(
                        "The callback stays open, for 11/26/26, 2:30\u202fPM.",
                        preview.sentences(preview.know(call), outcome),
                    )
                    call.finish(outcome.id)
                self.assertRecordValues(
                    callback,
                    [
                        {
                            "state": "open",
                            "agent_id": self.agent.id,
                            "due_at": promised,
                            "moved": False,
                            "told_at": False,
                        }
                    ],
                )
                self.assertEqual((lead.state, lead.attempt_count), ("active", 1))
                with freeze_time(promised + timedelta(seconds=1)):
                    self._remind()
                    self.assertTrue(callback.told_at, "told of at the moment that was promised")
                    self._finish(self.busy, customer)
                self.assertEqual(callback.due_at, promised + timedelta(minutes=30, seconds=1), "on time, and in vain")

    def test_early_and_for_the_last_time_the_call_center_keeps_it_at_its_moment(self):
        once = self._disposition(
            name="Once", fate="keep", is_contact=False, retry_minutes=60, most_attempts=1, exhausted="close"
        )
        callback = self._callback()
        self._finish(once)
        self.assertEqual((self.assignment.state, callback.agent_id.id), ("unassigned", False))
        self.assertEqual((callback.state, callback.due_at), ("open", self._at("2026-11-26 13:30:00")))

    def test_an_outcome_without_a_retry_leaves_it_due(self):
        vain = self._disposition(name="Line dead", fate="keep", is_contact=False)
        callback = self._callback()
        with freeze_time("2026-11-26 13:30:01"):
            self._finish(vain)
            self.assertEqual((callback.state, callback.due_at), ("open", self._at("2026-11-26 13:30:00")))
            self.assertTrue(callback.is_due)

    def test_the_retry_is_at_an_hour_at_which_calls_are_allowed(self):
        callback = self._callback()
        self._only_open(9, 16, self.belgium)
        with freeze_time("2026-11-26 13:30:00"):
            self._finish(self.no_answer)
        self.assertEqual(callback.due_at, self._at("2026-11-27 08:00:00"))

    def test_after_the_last_attempt_it_goes_to_the_call_center_with_the_lead(self):
        once = {"fate": "keep", "is_contact": False, "retry_minutes": 60, "most_attempts": 1}
        outcomes = [
            self._disposition(name="Once, then released", exhausted="release", **once),
            self._disposition(name="Once, then closed", exhausted="close", **once),
            self._disposition(name="Hung up by a machine", exhausted="close", **once | {"retry_minutes": 30}),
            self._disposition(name="Fax", exhausted="release", **once | {"retry_minutes": 1440}),
            self._disposition(name="Number engaged", exhausted="close", **once | {"retry_minutes": 5}),
        ]
        for outcome in outcomes:
            with self.subTest(outcome.name):
                customer = self._callable(f"Customer of {outcome.name}")
                lead = self._assign(customer)
                callback = self._callback(customer)
                with freeze_time("2026-11-26 13:30:00"):
                    self._finish(outcome, customer)
                    self.assertEqual((lead.state, lead.end_reason), ("unassigned", "unassigned"))
                    self.assertEqual((callback.state, callback.agent_id.id), ("open", False))
                    self.assertEqual(
                        callback.due_at, self._at("2026-11-26 13:30:00") + timedelta(minutes=outcome.retry_minutes)
                    )
                    colleague = self.env["leads.agent.callback"].with_user(self.other_agent)
                    self.assertTrue(colleague.search([("id", "=", callback.id)]))
                    self._assign(customer, self.other_agent)
                    self.assertEqual((callback.state, callback.agent_id), ("open", self.other_agent))

    def test_the_last_of_four_voicemails(self):
        callback = self._callback()
        for day in range(26, 30):
            with freeze_time(f"2026-11-{day} 14:00:00"):
                self.assertEqual(callback.state, "open")
                self._finish(self.voicemail)
        self.assertEqual((self.assignment.state, callback.state), ("unassigned", "open"))
        self.assertFalse(callback.agent_id)

    def test_without_a_promise_the_lead_is_closed_after_the_last_attempt(self):
        once = self._disposition(
            name="Once", fate="keep", is_contact=False, retry_minutes=60, most_attempts=1, exhausted="close"
        )
        self._finish(once)
        self.assertEqual(self.assignment.state, "resolved")

    def test_a_colleague_who_tries_a_missed_one_in_vain_leaves_it_with_the_holder(self):
        callback = self._callback()
        with freeze_time("2026-11-26 14:30:00"):
            call = self._finish(self.busy, user=self.other_agent)
        self.assertEqual(call.callback_id, callback)
        self.assertEqual(
            (callback.state, callback.agent_id, callback.due_at),
            ("open", self.agent, self._at("2026-11-26 15:00:00")),
        )

    def test_the_form_says_what_becomes_of_it(self):
        self._callback()
        once = self._disposition(
            name="Once", fate="keep", is_contact=False, retry_minutes=60, most_attempts=1, exhausted="close"
        )
        gone = self.env.ref("leads_agent.disposition_unreachable")
        self.agent.tz = "Europe/Brussels"
        with freeze_time("2026-11-26 13:30:00"):
            call = self._start()
            form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(default_call_id=call.id))
            for outcome, sentence in (
                (self.no_answer, "The callback stays open, for 11/26/26, 6:30.PM"),
                (self.busy, "The callback stays open, for 11/26/26, 3:00.PM"),
                (self.voicemail, "The callback stays open, for 11/27/26, 2:30.PM"),
                (once, "back to the pool.\nThe callback stays open, for your call center"),
                (gone, "The callback is cancelled as well"),
            ):
                form.disposition_id = outcome
                self.assertRegex(form.effects, sentence)
            form.disposition_id = self.env.ref("leads_agent.disposition_interested")
            self.assertNotIn("callback", form.effects)


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestPromisesOfCompanies(PromiseCommon):
    """A callback belongs to the customer's company, and all users see the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south = cls.env["res.company"].create([{"name": "North"}, {"name": "South"}])
        cls.north.leads_agent_callback_minutes, cls.south.leads_agent_callback_minutes = 10, 90
        for user in cls.agent | cls.other_agent | cls.manager:
            user.company_ids |= cls.north | cls.south

    def _promised(self, customer, current):
        Call = self.env["leads.agent.call"].with_user(self.agent).with_company(current)
        Call = Call.with_context(allowed_company_ids=[current.id, *(self.agent.company_ids - current).ids])
        call = Call.browse(Call.start(customer.id)["call_id"])
        call.finish(self.agreed.id, "", {"date": "2026-11-26", "time": 14.5, "zone": ""})
        return self.env["leads.agent.callback"].search([("partner_id", "=", customer.id), ("state", "=", "open")])

    def test_the_company_is_the_customers(self):
        """The company of the customer, of the lead, and the agent's current one."""
        own = self.env.company
        for of_customer, of_lead, current, expected in (
            (self.north, self.north, own, self.north),
            (self.south, self.south, self.north, self.south),
            (self.env["res.company"], self.north, own, self.north),
            (self.env["res.company"], self.south, self.north, self.south),
            (self.env["res.company"], own, self.south, own),
            (own, own, self.south, own),
        ):
            with self.subTest(customer=of_customer.name, lead=of_lead.name, current=current.name):
                name = f"Customer of {of_customer.name}, {of_lead.name}"
                customer = self._lead(name, country_id=self.belgium.id, phone="+32 2 555 02 22")
                customer.sale_order_ids.sudo().unlink()
                customer.company_id = of_customer
                self._give(customer, company=of_lead, unconditional=True)
                callback = self._promised(customer, current)
                self.assertEqual(callback.company_id, expected)
                minutes = expected.leads_agent_callback_minutes
                self.assertEqual(callback.open_at, callback.due_at + timedelta(minutes=minutes))

    def test_it_moves_with_the_customer(self):
        callback = self._callback()
        self.customer.sale_order_ids.sudo().unlink()
        self.customer.with_user(self.env.ref("base.user_admin")).company_id = self.north
        self.assertEqual(callback.company_id, self.north)

    def test_everybody_sees_the_same_moment(self):
        """One stored moment; agents in other zones read it on their own clock, with its name in the mail."""
        for zone, there, named in (
            ("Europe/Brussels", "2:30 PM", "Europe/Brussels"),
            ("America/New_York", "8:30 AM", "America/New_York"),
            ("Asia/Kolkata", "7:00 PM", "Asia/Kolkata"),
            ("Pacific/Auckland", "2:30 AM", "Pacific/Auckland"),
            (False, "1:30 PM", "UTC"),
        ):
            with self.subTest(zone=zone):
                customer = self._callable(f"Customer of {zone}")
                self._assign(customer)
                callback = self._callback(customer)
                self.agent.write({"tz": zone, "notification_type": "inbox"})
                with freeze_time("2026-11-26 13:30:01"):
                    self._remind()
                    body = self.env["mail.message"].search([("subject", "=", f"Callback due: {customer.name}")]).body
                    self.assertRegex(body, rf"at 2[67] Nov {there} \({named}\)")
                    rows = self._dashboard()["callbacks"]
                    [row] = [row for row in rows if row["id"] == callback.id]
                    read = callback.with_user(self.manager).read(["due_at", "at_customer"])[0]
                    self.assertEqual(row["due_at"], "2026-11-26 13:30:00")
                    self.assertEqual(read["due_at"], self._at(row["due_at"]))
                    self.assertRegex(read["at_customer"], "2:30.PM")
                    self._finish(self.no_answer, customer)
                    self.assertIn(f" {there}, nobody", callback.with_user(self.agent).moved)


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestMovedCallbacks(PromiseCommon):
    """A due callback that is postponed because of calling hours says so."""

    def _moved(self, name, hour, now, day="2026-11-26", opening=8, closing=12):
        """Create a callback within calling hours that have changed since."""
        self.env["leads.agent.calling.hours"].search([]).unlink()
        self.agent.tz = "Europe/Brussels"
        customer = self._callable(name)
        self._assign(customer)
        callback = self._callback(customer, day=day, hour=hour)
        self._only_open(opening, closing, self.belgium)
        with freeze_time(now):
            self._remind()
        return callback

    def test_it_says_when_it_was_due_and_why_it_is_not(self):
        for name, hour, now, due_at, moved in (
            ("Late", 23 + 44 / 60, "2026-11-26 22:44:30", "2026-11-27 07:00:00", "moved from 11:44 PM"),
            ("Afternoon", 14.5, "2026-11-26 13:30:30", "2026-11-27 07:00:00", "moved from 2:30 PM"),
            ("Early", 5.25, "2026-11-26 04:15:30", "2026-11-26 07:00:00", "moved from 5:15 AM"),
            ("Noon", 12.0, "2026-11-26 11:00:00", "2026-11-27 07:00:00", "moved from 12:00 PM"),
            ("Night", 0.5, "2026-11-25 23:30:10", "2026-11-26 07:00:00", "moved from 12:30 AM"),
        ):
            with self.subTest(name):
                callback = self._moved(name, hour, now)
                promised = callback.promised_at
                self.assertEqual(callback.due_at, self._at(due_at))
                self.assertEqual(callback.state, "open")
                self.assertEqual(callback.with_user(self.agent).moved, f"{moved}, outside calling hours")
                self.assertEqual(callback.moved_from, promised)
                with freeze_time(now):
                    data = self._dashboard()
                    [row] = [row for row in data["callbacks"] if row["id"] == callback.id]
                    self.assertEqual(row["moved_from"], fields.Datetime.to_string(promised))
                    self.assertEqual((row["moved_because"], row["is_due"]), ("hours", False))
                    shown = self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(callback.partner_id.id)
                    self.assertEqual(shown["callback"]["moved_from"], row["moved_from"])
                    history = [entry for entry in shown["history"] if entry["kind"] == "callback"]
                    self.assertRegex(history[0]["summary"], f"Callback {moved} to .* outside calling hours")

    def test_over_a_weekend_the_day_is_told(self):
        callback = self._moved("Friday", 18.0, "2026-11-27 17:00:10", day="2026-11-27")
        self.assertEqual(callback.due_at, self._at("2026-11-30 07:00:00"))
        self.assertEqual(callback.with_user(self.agent).moved, "moved from 27 Nov 6:00 PM, outside calling hours")

    def test_moved_twice_it_keeps_the_first_moment(self):
        callback = self._moved("Twice", 14.5, "2026-11-26 13:30:30")
        self.env["leads.agent.calling.hours"].search([]).hour_from = 11
        with freeze_time("2026-11-27 07:00:10"):
            self._remind()
        self.assertEqual(callback.due_at, self._at("2026-11-27 10:00:00"))
        self.assertEqual(callback.moved_from, self._at("2026-11-26 13:30:00"))
        with freeze_time("2026-11-27 10:00:10"):
            self._finish(self.busy, callback.partner_id)
        self.assertEqual(callback.moved_because, "in_vain")
        self.assertEqual(callback.promised_at, self._at("2026-11-26 13:30:00"), "what was promised stays on record")

    def test_agreed_on_anew_it_has_moved_no_more(self):
        callback = self._moved("Anew", 14.5, "2026-11-26 13:30:30")
        callback.with_user(self.agent).due_at = self._at("2026-11-27 09:00:00")
        self.assertFalse(callback.moved)
        self.assertEqual(callback.promised_at, self._at("2026-11-27 09:00:00"))

    def test_a_move_that_is_no_contact_changes_no_freshness(self):
        callback = self._moved("Fresh", 14.5, "2026-11-26 13:30:30")
        lead = self._active(callback.partner_id)
        self.assertLess(lead.last_contact_at, self._at("2026-11-26 00:00:00"))
