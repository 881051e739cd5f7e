from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.leads_agent_call.tests.desk_common import WORKDAY, DeskCommon
from odoo.addons.leads_agent_distribution.tests.hand_over_common import HandOverCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestHandOverCallbacks(HandOverCommon, DeskCommon):
    """No callback of an agent who leaves is lost."""

    def test_the_form_shows_what_the_agent_holds(self):
        callback = self._callback()
        quotation = self.customer.sale_order_ids
        quotation.user_id = self.agent
        foreign = self._lead("Not Theirs").sale_order_ids
        foreign.user_id = self.agent
        action = self.agent.with_user(self.manager).action_leads_hand_over()
        form = Form(self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]))
        self.assertEqual((form.lead_count, form.callback_count, form.order_count), (3, 1, 1))
        self.assertEqual(form.callback_ids[:], callback)
        self.assertFalse(form.can_archive, "a Leads Manager archives nobody")
        form.agent_ids.add(self.other_agent)
        wizard = form.save()
        wizard.action_hand_over()
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
        self.assertEqual(quotation.user_id, self.agent, "managers change no orders")

    def test_to_one_agent_callbacks_follow(self):
        callback = self._callback()
        message = self._hand_over(self.other_agent, reason="moves to Lisbon")
        self.assertEqual(message, "Assigned to Agent Ben: 3.")
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
        self.assertEqual((callback.agent_id, callback.state), (self.other_agent, "open"))
        [assignment] = self._active(self.customer)
        self.assertEqual(assignment.reason, "Handed over from Agent Anna by Manager Mia: moves to Lisbon")
        self.assertEqual(self.assignment.end_reason, "reassigned")
        self.assertFalse(self.agent.leads_open_count)

    def test_back_to_the_pool_opens_the_callbacks(self):
        callback = self._callback()
        message = self._hand_over()
        self.assertEqual(message, "Back in the pool: 3. Callbacks open to the call center: 1.")
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, callback.state, callback.team_id), (False, "open", self.call_center))
        self.assertEqual(self._hand_over(), "Agent Anna has no leads or callbacks.")

    def test_promises_to_customers_of_others_are_opened_to_the_call_center(self):
        callback = self._callback()
        # A colleague has the lead, and the callback was moved back manually.
        self._hand_over(self.other_agent)
        callback.agent_id = self.agent
        message = self._hand_over(self.third_agent)
        self.assertEqual(message, "Assigned to Agent Cleo: 0. Callbacks open to the call center: 1.")
        self.assertFalse(callback.agent_id)

    def test_archived_directly_nothing_is_orphaned(self):
        """The callback is open to the call center, and a call without an outcome does not keep others from calling."""
        callback = self._callback()
        call = self._start(self.leads[1])
        self.agent.active = False
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, callback.state), (False, "open"))
        self.assertEqual(call.state, "done")
        self.assertIn(callback, callback.search(callback._for_user(self.other_agent)))
        self._assign(self.leads[1], self.other_agent)
        self.assertEqual(self._start(self.leads[1], self.other_agent).state, "talking")

    def test_role_taken_away_directly_nothing_is_orphaned(self):
        callback = self._callback()
        call = self._start(self.leads[1])
        self.agent.group_ids = [Command.unlink(self.env.ref("leads_agent.group_leads_agent").id)]
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, call.state), (False, "done"))

    def test_a_leave_takes_nothing_by_itself(self):
        callback = self._callback()
        resource = self.env["resource.resource"].create({"name": "Anna", "user_id": self.agent.id})
        self.env["resource.calendar.leaves"].create(
            {"resource_id": resource.id, "date_from": "2026-11-25 00:00:00", "date_to": "2026-12-25 00:00:00"}
        )
        self.assertEqual((self.agent.leads_desk_state, self.leads.leads_agent_id), ("off", self.agent))
        self.assertEqual(callback.agent_id, self.agent)
        with freeze_time("2026-11-26 14:00:00"):
            self.env.flush_all()
            with self.enter_registry_test_mode():
                self.env.ref("leads_agent_call.cron_callbacks").method_direct_trigger()
            self.env.invalidate_all()
            self.assertFalse(callback.agent_id, "due, and the agent is not there: open to the call center")
        self._hand_over(self.other_agent)
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
