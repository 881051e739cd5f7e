from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .desk_common import WORKDAY, DeskCommon

# Fields of a lead, a callback and a call that agents and managers can read.
LEAD = (
    "state",
    "attempt_count",
    "next_call_at",
    "priority",
    "first_call_at",
    "hours_to_call",
    "last_event_at",
    "last_contact_at",
    "is_assigned",
    "is_resolved",
    "is_sale",
    "conversion",
)
CALLBACK = ("state", "agent_id", "due_at", "open_at", "promised_at", "moved_from", "moved_because", "moved", "told_at")


class UndoCommon(DeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.busy = cls.env.ref("leads_agent.disposition_busy")

    def _rpc(self, call, method, *args, user=None):
        """Call a method as the agent's web client; afterwards, records are read from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        result = call_kw(self.env(user=user or self.agent)["leads.agent.call"], method, [call.ids, *args], {})
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _log(self, disposition=None, customer=None, user=None):
        """Log a call with one click."""
        call = self._start(customer, user)
        self.assertIn("logged", self._rpc(call, "log_outcome", (disposition or self.no_answer).id, user=user))
        return call

    def _refused(self, call, sentence, user=None):
        outcome, attempts = call.sudo().disposition_id, self.assignment.attempt_count
        with self.assertRefused(UserError, sentence):
            self._rpc(call, "undo_outcome", user=user)
        self.env.invalidate_all()
        self.assertEqual((call.sudo().disposition_id, self.assignment.attempt_count), (outcome, attempts))


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestUndo(UndoCommon):
    """Undoing restores the state from before an outcome logged with one click."""

    def _snapshot(self):
        """Return all readable data of the lead, the callback and the day."""
        self.env.flush_all()
        self.env.invalidate_all()
        callback = self.env["leads.agent.callback"].search([("partner_id", "=", self.customer.id)])
        dashboard = self.env["leads.agent.dashboard"].with_user(self.agent).get_data()
        floor = self.env["leads.agent.floor"].with_user(self.manager).get_data()
        [agent] = [row for row in floor["agents"] if row["id"] == self.agent.id]
        del agent["since"]
        report = self.env["leads.agent.call"].with_user(self.manager)
        facts = self.env["leads.agent.desk"]._facts(self.customer.ids)[self.customer.id]
        return {
            "lead": self.assignment.read(LEAD),
            "callback": callback.read(CALLBACK),
            "figures": dashboard["figures"],
            "day": dashboard["day"],
            "callbacks": dashboard["callbacks"],
            "history": dashboard["history"],
            "floor": agent,
            "report": report._read_group(
                [("disposition_id", "!=", False)], ["agent_id"], ["__count", "is_contact:sum", "duration:sum"]
            ),
            "facts": facts.lead,
        }

    def _hang_up(self):
        """Create a call without an outcome, and return the data from before it has one."""
        call = self._start()
        call.hang_up()
        return call, self._snapshot()

    def test_everything_is_as_before(self):
        call, before = self._hang_up()
        for disposition in (self.no_answer, self.busy, self.env.ref("leads_agent.disposition_voicemail")):
            with self.subTest(disposition.name):
                self._rpc(call, "log_outcome", disposition.id)
                logged = self._snapshot()
                for name in ("lead", "figures", "day", "floor", "report", "facts"):
                    self.assertNotEqual(logged[name], before[name], name)
                self._rpc(call, "undo_outcome")
                self.assertEqual(self._snapshot(), before)
                self.assertRecordValues(
                    call, [{"state": "wrap_up", "disposition_id": False, "is_contact": 0, "contact_rate": 0}]
                )

    def test_with_attempts_and_a_callback_before(self):
        callback = self._callback()
        self._finish(self.busy)
        with freeze_time("2026-11-26 13:45:00"):
            self.env["leads.agent.callback"].browse(callback.id).told_at = "2026-11-26 13:30:00"
            call, before = self._hang_up()
            self.assertEqual((call.callback_id, self.assignment.attempt_count), (callback, 1))
            self._rpc(call, "log_outcome", self.no_answer.id)
            self.assertEqual((callback.moved_because, self.assignment.attempt_count), ("in_vain", 2))
            self._rpc(call, "undo_outcome")
            self.assertEqual(self._snapshot(), before)
            self.assertEqual((callback.due_at, callback.moved_because), (self._at("2026-11-26 13:30:00"), False))
            self.assertEqual(self.assignment.attempt_count, 1)

    def test_the_history_says_undone_and_the_next_outcome_has_an_entry_of_its_own(self):
        call = self._log()
        self._rpc(call, "undo_outcome")
        self._rpc(call, "log_outcome", self.busy.id)
        history = self.env["leads.agent.history"].with_user(self.agent)
        entries = history.search([("partner_id", "=", self.customer.id), ("kind", "=", "call")], order="id")
        self.assertEqual(entries.mapped("summary"), ["No answer (undone)", "Busy"])
        self.assertEqual(entries.author_id, self.agent.partner_id)
        shown = self.env["leads.agent.dashboard"].with_user(self.agent)
        latest = [row["summary"] for row in shown.get_data()["history"]]
        self.assertIn("Busy", latest)
        self.assertNotIn("No answer (undone)", latest)
        self.assertIn("No answer (undone)", [row["summary"] for row in shown.get_lead(self.customer.id)["history"]])
        self.assertEqual(self.assignment.attempt_count, 1)

    def test_the_call_waits_for_its_outcome_again(self):
        call = self._log()
        self._rpc(call, "undo_outcome")
        running = self.env["leads.agent.dashboard"].with_user(self.agent).get_data()["call"]
        self.assertEqual((running["id"], running["state"]), (call.id, "wrap_up"))
        with self.assertRefused(UserError, "Log the outcome of your call"):
            self._start(self._callable())
        self._rpc(call, "finish", self.disposition.id, "Wants none")
        self.assertEqual((self.assignment.state, self.assignment.disposition_id), ("resolved", self.disposition))

    def test_what_was_logged_in_the_form_is_undone_too_and_the_note_is_kept(self):
        call = self._start()
        self._rpc(call, "finish", self.no_answer.id, "Rang for a minute")
        self._rpc(call, "undo_outcome")
        self.assertEqual((call.state, call.note), ("wrap_up", "Rang for a minute"))
        self._rpc(call, "log_outcome", self.busy.id)
        self.assertEqual(call.note, "Rang for a minute")

    def test_a_note_written_since_is_no_obstacle(self):
        call = self._log()
        self.customer.with_user(self.agent).message_post(body="Try the shop", subtype_xmlid="mail.mt_note")
        self._rpc(call, "undo_outcome")
        self.assertEqual((self.assignment.attempt_count, self.assignment.next_call_at), (0, False))
        self.assertTrue(self.assignment.last_event_at)

    def test_it_costs_a_few_queries(self):
        call = self._log()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call.undo_outcome()
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 60)


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestUndoRefused(UndoCommon):
    """Later changes are kept, and the message names them."""

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_calls_of_others(self):
        call = self._log()
        for user in (self.other_agent, self.manager):
            with self.subTest(user.name), self.assertRefused(AccessError, "call belongs to somebody else"):
                self._rpc(call, "undo_outcome", user=user)
        for user in (self.salesperson, self.plain):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._rpc(call, "undo_outcome", user=user)
        self.assertEqual((call.state, self.assignment.attempt_count), ("done", 1))

    def test_what_has_no_outcome_or_one_that_asks(self):
        call = self._start()
        self._refused(call, "no outcome that could be undone")
        call.finish(self._disposition(name="Interested", fate="keep").id)
        self._refused(call, "'Interested' cannot be undone")
        with self.assertRaises(UserError):
            self._rpc(self.env["leads.agent.call"], "undo_outcome")

    def test_the_last_attempt(self):
        self.assignment.sudo().attempt_count = 5
        call = self._finish(self.no_answer)
        self.assertEqual(self.assignment.state, "unassigned")
        self._refused(call, "'No answer' cannot be undone")

    def test_twice(self):
        call = self._log()
        self._rpc(call, "undo_outcome")
        self._refused(call, "no outcome that could be undone")

    def test_a_minute_later(self):
        call = self._log()
        with freeze_time("2026-11-25 10:01:01"):
            self._refused(call, "too late to undo 'No answer'.* for 60 seconds")
        with freeze_time("2026-11-25 10:01:00"):
            self._rpc(call, "undo_outcome")

    def test_after_another_call_of_the_agent(self):
        call, other = self._log(), self._callable()
        self._assign(other)
        second = self._start(other)
        self._refused(call, "can no longer be undone. You have made another call since.")
        second.finish(self.no_answer.id)
        self._refused(call, "You have made another call since.")
        again = self._start()
        again.finish(self.busy.id)
        self._refused(call, "You have made another call since.")

    def test_after_a_call_of_a_colleague(self):
        call = self._log()
        self.manager.leads_may_hold = True
        self._finish(self._disposition(name="Kept", fate="keep", is_contact=False), user=self.manager)
        self._refused(call, "A colleague has called the customer since.")

    def test_after_the_lead_changed(self):
        for name, act in (
            ("taken", lambda lead: lead.with_user(self.manager).action_unassign()),
            ("resolved", lambda lead: self._resolve(lead, self.agent)),
            ("given", lambda lead: self._given(lead)),
            ("taken and given back", lambda lead: self._given_back(lead)),
        ):
            with self.subTest(name):
                customer = self._callable(name)
                lead = self._assign(customer)
                call = self._log(customer=customer)
                act(lead)
                self._refused(call, "The lead was changed, or is no longer yours.")

    def _given(self, lead):
        self.env["leads.agent.reassign"].with_user(self.manager).create(
            {"assignment_ids": lead.ids, "agent_id": self.other_agent.id}
        ).action_reassign()

    def _given_back(self, lead):
        lead.with_user(self.manager).action_unassign()
        self._assign(lead.partner_id)

    def test_after_the_callback_was_touched(self):
        for name, act in (
            ("moved", lambda callback: callback.write({"due_at": "2026-11-28 12:00:00"})),
            ("noted", lambda callback: callback.write({"note": "Bring the price list"})),
            ("cancelled", lambda callback: callback.action_cancel()),
            ("given", lambda callback: callback.with_user(self.manager).write({"agent_id": self.other_agent.id})),
        ):
            with self.subTest(name):
                customer = self._callable(name)
                self._assign(customer)
                callback = self._callback(customer)
                with freeze_time("2026-11-26 13:30:00"):
                    call = self._log(customer=customer)
                    act(callback.with_user(self.agent))
                    self._refused(call, "The callback of the customer has changed since.")

    def test_after_a_new_callback(self):
        call = self._log()
        self.env["leads.agent.callback"].with_user(self.agent).create(
            {"partner_id": self.customer.id, "due_at": "2026-11-27 12:00:00"}
        )
        self._refused(call, "The callback of the customer has changed since.")

    def test_after_an_order_changed(self):
        for name, act in (
            ("confirmed by a colleague", lambda order: order.with_user(self.salesperson).action_confirm()),
            ("cancelled", lambda order: order.with_user(self.salesperson).action_cancel()),
            ("another price", lambda order: order.order_line.write({"price_unit": 7})),
            ("another quotation", lambda order: self._order(order.partner_id)),
            ("more of it", lambda order: order.order_line.write({"product_uom_qty": 3, "price_unit": 0})),
            ("another expiry date", lambda order: order.write({"validity_date": "2027-01-01"})),
        ):
            with self.subTest(name):
                customer = self._callable(name)
                self._assign(customer)
                call = self._log(customer=customer)
                act(customer.sale_order_ids)
                self._refused(call, "An order of the customer has changed since|The lead was changed")

    def test_after_the_customer_changed(self):
        customer = self._callable("Blocked")
        self._assign(customer)
        call = self._log(customer=customer)
        self.env["leads.agent.opt.out"]._record(customer)
        self._refused(call, "The customer has changed since.")
        first, second = self._callable("First"), self._callable("Second")
        self._assign(first)
        call = self._log(customer=first)
        self.env["base.partner.merge.automatic.wizard"].with_user(self.manager).sudo()._merge(
            (first | second).ids, second
        )
        self._refused(call, "The customer has changed since.")

    def test_what_can_no_longer_be_undone_is_forgotten(self):
        call = self._log()
        self.env["leads.agent.call"]._gc_undo()
        self.assertTrue(call.sudo().undo)
        with freeze_time("2026-11-25 10:05:00"):
            self.env.cr.execute(
                "UPDATE leads_agent_call SET write_date = %s WHERE id = %s", [self._at(WORKDAY), call.id]
            )
            self.env.invalidate_all()
            self.env["leads.agent.call"]._gc_undo()
        self.assertFalse(call.sudo().undo)
        self._refused(call, "'No answer' cannot be undone")

    def test_nobody_reads_or_writes_what_is_remembered(self):
        call = self._log()
        for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user.name), self.assertRaises(AccessError), mute_logger("odoo.models"):
                call.with_user(user).read(["undo"])
            self.assertNotIn("undo", call.with_user(user).fields_get())


@tagged("post_install", "-at_install")
class TestUndoUnderTheLock(UndoCommon):
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_after_the_lead_went_out_of_sight(self):
        self.env.company.leads_agent_lock_assigned = True
        call = self._log()
        self.assignment.with_user(self.manager).action_unassign()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(call.has_access("read"))
        self._refused(call, "The lead was changed, or is no longer yours.")
