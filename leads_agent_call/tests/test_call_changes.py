import json

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .desk_common import WORKDAY, DeskCommon


class CallChangesCommon(DeskCommon):
    def _notified(self):
        """Return and forget the calls notified on the bus, whose messages contain only IDs."""
        values = self.env.cr.precommit.data.get("bus.bus.values", [])
        messages = [(json.loads(row["channel"]), json.loads(row["message"])) for row in values]
        values.clear()
        self.env.cr.precommit.data.pop("leads_agent.changed_calls", None)
        return [
            (channel[-1], message["payload"])
            for channel, message in messages
            if message["type"] == "leads_agent/call_changed"
        ]

    def _in_call(self, name):
        customer = self._callable(name)
        lead = self._assign(customer)
        call = self._start(customer)
        self._notified()
        return customer, lead, call

    def _reassign(self, lead, agent):
        self.env["leads.agent.reassign"].with_user(self.manager).create(
            {"assignment_ids": lead.ids, "agent_id": agent.id}
        ).action_reassign()

    def _changes(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.dashboard"].with_user(self.agent).get_data()["call"]["changes"]


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestCallChanges(CallChangesCommon):
    """What other users do with the lead while an agent is on the phone."""

    def test_a_lead_taken_away_during_the_call(self):
        """The manager's action, the sentence for the agent; logging the outcome afterwards still works."""
        interested = self.env.ref("leads_agent.disposition_interested")
        for name, act, sentence, holder in (
            (
                "Given away",
                lambda lead: self._reassign(lead, self.other_agent),
                "^Manager Mia assigned the lead Given away to Agent Ben. Log how the call ended",
                self.other_agent,
            ),
            (
                "Taken back",
                lambda lead: lead.with_user(self.manager).action_unassign(),
                "^Manager Mia took back the lead Taken back. Log",
                self.env["res.users"],
            ),
            (
                "Closed",
                lambda lead: self._resolve(lead, self.manager, self.disposition, "Wrote us"),
                "^Manager Mia resolved the lead Closed: Not interested. Log",
                self.env["res.users"],
            ),
            (
                "Archived",
                lambda lead: lead.partner_id.with_user(self.manager).sudo().write({"active": False}),
                "^Manager Mia took back the lead Archived. Log",
                self.env["res.users"],
            ),
            (
                "Taken, then given",
                lambda lead: (
                    lead.with_user(self.manager).action_unassign(),
                    self._assign(lead.partner_id, self.other_agent),
                ),
                "assigned the lead Taken, then given to Agent Ben. Log",
                self.other_agent,
            ),
        ):
            with self.subTest(name):
                customer, lead, call = self._in_call(name)
                act(lead)
                self.assertEqual(self._notified(), [(self.agent.partner_id.id, {"call_id": call.id})])
                self.assertRegex(self._changes(), sentence)
                self.assertRegex(call.what_happened(), sentence)
                self.assertEqual(call.state, "talking")
                form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(default_call_id=call.id))
                form.disposition_id = interested
                form.note = "Said yes"
                self.assertIn("not your lead", form.effects)
                form.save().action_confirm()
                self.assertEqual((call.state, call.disposition_id, call.note), ("done", interested, "Said yes"))
                self.assertEqual(customer.leads_agent_id, holder)
                self.assertFalse(self._notified(), "the agent's own doing")

    def test_effects_on_a_customer_who_is_no_lead_of_the_agent(self):
        """Effects on the customer are shown even if the lead was reassigned during the call."""
        outcome = self.env.ref("leads_agent.disposition_do_not_call")
        customer, lead, call = self._in_call("Taken, then blocked")
        lead.with_user(self.manager).action_unassign()
        form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(default_call_id=call.id))
        form.disposition_id = outcome
        self.assertRegex(form.effects, "not your lead: the lead is left as it is(.|\n)*never called again")
        form.save().action_confirm()
        self.assertTrue(self.env["leads.agent.opt.out"].search([("partner_id", "=", customer.id)]).is_in_force)

    def _sell(self, customer, user):
        customer.sale_order_ids.with_user(user).action_confirm()

    def test_an_outcome_logged_by_somebody_else(self):
        """A sale by another user sets the outcome: the agent is notified, and the note is kept."""
        admin = self.env.ref("base.user_admin")
        for name, user, by in (
            ("Sold by a colleague", self._user("sales_sue", "sales_team.group_sale_manager"), "Sales Sue"),
            ("Sold by a salesperson", self.salesperson, "Sales Sam"),
            ("Sold by the administrator", admin, admin.name),
        ):
            with self.subTest(name):
                customer, lead, call = self._in_call(name)
                form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(default_call_id=call.id))
                form.disposition_id = self.no_answer
                form.note = "Hung up in the middle"
                self._sell(customer, user)
                self.assertEqual(self._notified(), [(self.agent.partner_id.id, {"call_id": call.id})])
                sentence = f"^{by} confirmed an order of {name}: your call has its outcome, 'Sale'."
                self.assertRegex(call.what_happened(), sentence)
                with self.assertRefused(UserError, sentence):
                    call.finish(self.no_answer.id, "Rang")
                with self.assertRefused(UserError, sentence):
                    call.action_outcome()
                answer = form.save().action_confirm()
                self.assertEqual(answer["tag"], "display_notification")
                self.assertRegex(answer["params"]["message"], f"{sentence} Your note is kept with the call.$")
                self.assertEqual((call.state, call.note, lead.end_reason), ("done", "Hung up in the middle", "sale"))
                self.assertEqual(call.disposition_id, self.env.ref("leads_agent.disposition_sale"))

    def test_a_sale_by_the_customer(self):
        customer, _lead, call = self._in_call("Online")
        customer.sale_order_ids.with_user(self.env.ref("base.public_user")).sudo().action_confirm()
        self.assertRegex(call.what_happened(), "^The customer confirmed an order of Online")

    def test_what_the_agent_does_is_no_news(self):
        customer, lead, call = self._in_call("Own")
        self._resolve(lead, self.agent)
        self.assertEqual((self._notified(), self._changes(), call.what_happened()), ([], "", ""))
        call.finish(self.no_answer.id, "")
        customer, _lead, call = self._in_call("Own sale")
        self._sell(customer, self.agent)
        self.assertEqual((self._notified(), call.what_happened()), ([], ""))

    def test_taken_away_and_given_back_the_outcome_counts(self):
        customer, lead, call = self._in_call("Back again")
        lead.with_user(self.manager).action_unassign()
        again = self._assign(customer)
        self.assertEqual(self._changes(), "")
        call.finish(self.no_answer.id, "")
        self.assertEqual((again.state, again.attempt_count), ("active", 1))

    def test_another_lead_of_the_agent_changes_nothing_in_the_call(self):
        other = self._callable("Elsewhere")
        elsewhere = self._assign(other)
        _customer, _lead, call = self._in_call("Here")
        elsewhere.with_user(self.manager).action_unassign()
        self.assertEqual((self._notified(), self._changes(), call.what_happened()), ([], "", ""))

    def test_a_merge_that_ends_the_call(self):
        first, _lead, call = self._in_call("First")
        second = self._callable("Second")
        self._assign(second, self.other_agent)
        with freeze_time("2026-11-25 10:01:00"):
            later = self._start(second, self.other_agent)
        self._notified()
        self.env["base.partner.merge.automatic.wizard"].with_user(self.manager).sudo()._merge(
            (first | second).ids, first
        )
        self.assertEqual((call.state, later.state), ("talking", "done"))
        self.assertIn((self.other_agent.partner_id.id, {"call_id": later.id}), self._notified())
        self.assertRegex(later.what_happened(), "^Manager Mia merged .* your call is over")

    def test_nobody_asks_about_calls_of_others(self):
        _customer, lead, call = self._in_call("Private")
        lead.with_user(self.manager).action_unassign()
        for user in (self.other_agent, self.manager):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    call.with_user(user).what_happened()
                with self.assertRaises(AccessError):
                    call.with_user(user).keep_note("Mine")
        self.assertEqual(call.keep_note("Not closed by anybody"), "")
        self.assertFalse(call.note)


@tagged("post_install", "-at_install")
class TestCallChangesUnderTheLock(CallChangesCommon):
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_customer_is_out_of_sight_and_the_outcome_is_logged(self):
        self.env.company.leads_agent_lock_assigned = True
        customer, lead, call = self._in_call("Locked")
        self._reassign(lead, self.other_agent)
        self.assertRegex(self._changes(), "assigned the lead Locked to Agent Ben")
        self.assertFalse(customer.with_user(self.agent).has_access("read"))
        call.finish(self.no_answer.id, "Rang")
        self.assertEqual((call.sudo().state, call.sudo().note), ("done", "Rang"))
