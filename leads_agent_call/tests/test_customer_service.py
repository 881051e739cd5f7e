from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestCustomerService(DeskCommon):
    """The customer's complete history, and the next steps."""

    def _page(self, user=None, customer=None):
        return (customer or self.customer).with_user(user or self.agent)

    def test_everything_is_on_one_time_line(self):
        self._finish(self.no_answer, note="Rang twice")
        self._page().message_post(body="Wants oak")
        self._callback()
        kinds = self._page().leads_history_ids.mapped("kind")
        self.assertEqual(sorted(set(kinds)), ["assigned", "call", "note", "order"])
        self.assertEqual(self._page().leads_call_count, 2)
        self.assertEqual(self._page().leads_callback_id.state, "open")

    def test_call_from_the_page_and_its_outcome(self):
        action = self._page().action_leads_call()
        call = self.env["leads.agent.call"].with_user(self.agent).browse(action["res_id"])
        self.assertEqual((call.partner_id, call.state), (self.customer, "talking"))
        outcome = call.action_outcome()
        form = Form(self.env["leads.agent.outcome"].with_user(self.agent).with_context(**outcome["context"]))
        form.disposition_id = self.disposition
        form.save().action_confirm()
        self.assertEqual(self.assignment.state, "resolved")

    def test_a_callback_is_entered_on_the_form(self):
        action = self._page().action_leads_callback()
        Callback = self.env["leads.agent.callback"].with_user(self.agent).with_context(**action["context"])
        form = Form(Callback)
        self.assertEqual(form.partner_id, self.customer)
        form.due_at = "2026-11-26 09:00:00"
        form.note = "After the fair"
        callback = form.save()
        self.assertEqual((callback.agent_id, callback.state), (self.agent, "open"))
        self.assertEqual(self._page().action_leads_callback()["res_id"], callback.id)

    def test_order_and_resolve(self):
        order = Form(
            self.env["sale.order"].with_user(self.agent).with_context(**self._page().action_leads_order()["context"])
        ).save()
        self.assertEqual(order.partner_id, self.customer)
        action = self._page().action_leads_resolve()
        self.assertEqual(action["res_model"], "leads.agent.resolve")
        self._resolve(self.assignment)
        with self.assertRaises(UserError):
            self._page().action_leads_resolve()

    def test_calls_from_the_order(self):
        call = self._finish(self.no_answer)
        action = self.customer.sale_order_ids.with_user(self.agent).action_open_leads_calls()
        self.assertEqual(self.env["leads.agent.call"].with_user(self.agent).search(action["domain"]), call)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_the_page_is_for_those_who_hold_leads(self):
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                self._page(user).action_leads_call()
            with self.assertRaises(AccessError):
                self._page(user).read(["leads_history_ids"])
