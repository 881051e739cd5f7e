import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.payment.tests.common import PaymentCommon

from .common import LeadsAgentCommon

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class SaleCase(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead(email="harbour@example.com")
        cls.order = cls.customer.sale_order_ids
        cls.assignment = cls._assign(cls.customer)

    def _assert_sold(self, order, by, assignment=None):
        assignment = assignment or self.assignment
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            (assignment.state, assignment.end_reason, assignment.sale_order_id),
            ("resolved", "sale", order),
        )
        self.assertEqual(assignment.disposition_id, self.env.ref("leads_agent.disposition_sale"))
        self.assertEqual(assignment.agent_id, self.agent, "the holder is credited")
        self.assertEqual(assignment.ended_by_id, by, "who confirmed is recorded")
        self.assertTrue(assignment.is_sale)
        self.assertFalse(assignment.partner_id.leads_agent_id)
        self.assertFalse(order.leads_agent_id)


@tagged("post_install", "-at_install")
class TestSale(SaleCase):
    def test_confirming_on_the_form(self):
        Form(self.order.with_user(self.agent)).save().action_confirm()
        self._assert_sold(self.order, self.agent)

    def test_another_seller_confirms_and_the_holder_is_credited(self):
        self.order.with_user(self.salesperson).action_confirm()
        self._assert_sold(self.order, self.salesperson)

    def test_batch_confirmation(self):
        second = self._lead("Second")
        other = self._assign(second)
        free = self._lead("Free")
        orders = (self.order | second.sale_order_ids | free.sale_order_ids).with_user(self.salesperson)
        orders.action_confirm()
        self._assert_sold(self.order, self.salesperson)
        self._assert_sold(second.sale_order_ids, self.salesperson, other)

    def test_plain_write(self):
        self.order.with_user(self.salesperson).write({"state": "sale"})
        self._assert_sold(self.order, self.salesperson)

    def test_create_as_a_sale(self):
        order = (
            self.env["sale.order"].with_user(self.salesperson).create({"partner_id": self.customer.id, "state": "sale"})
        )
        self._assert_sold(order, self.salesperson)

    def test_import(self):
        result = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .load(["partner_id/.id", "state"], [[str(self.customer.id), "Sales Order"]])
        )
        self.assertFalse(result["messages"])
        self._assert_sold(self.env["sale.order"].browse(result["ids"]), self.salesperson)

    def test_order_of_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.customer.id})
        order = self._order(contact)
        order.with_user(self.salesperson).action_confirm()
        self._assert_sold(order, self.salesperson)

    def test_sale_before_the_assignment_does_not_resolve_it(self):
        self._order(self.customer, days_ago=0)
        customer = self._customer("Upsell")
        self._order(customer, "sale", days_ago=3)
        self._order(customer, "draft")
        assignment = self._assign(customer)
        self.env.flush_all()
        self.assertEqual(assignment.state, "active")

    def test_cancelling_the_sale_later_resurrects_nothing(self):
        self.order.with_user(self.salesperson).action_confirm()
        self.order.with_user(self.salesperson).action_cancel()
        self.assertEqual(self.assignment.state, "resolved")
        self.order.with_user(self.salesperson).action_draft()
        self.assertFalse(self._active(self.customer))
        self.assertTrue(self.customer.is_assignable_lead, "it can be assigned again")

    def test_confirming_an_order_of_nobody_changes_nothing(self):
        free = self._lead("Free")
        free.sale_order_ids.with_user(self.salesperson).action_confirm()
        self.assertFalse(free.leads_assignment_ids)
        self.assertFalse(free.sale_order_ids.leads_completed_by_id)

    # -- The hour after completing

    def _complete(self):
        self.order.with_user(self.agent).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        return self.order.with_user(self.agent)

    def test_completed_order_stays_readable_for_the_hour_and_nothing_more(self):
        order = self._complete()
        self.assertEqual(order.leads_completed_by_id, self.agent)
        order.web_read({name: {} for name in ("name", "state", "amount_total", "order_line")})
        self.assertTrue(order.order_line.product_id)
        self.assertTrue(order.message_ids)
        for forbidden in (
            lambda: order.write({"note": "later"}),
            lambda: order.action_cancel(),
            lambda: order.action_unlock(),
            lambda: order.action_lock(),
            lambda: order.unlink(),
            lambda: order.order_line.write({"product_uom_qty": 1}),
            lambda: order.order_line.unlink(),
            lambda: order.write({"state": "draft"}),
            lambda: order.write({"leads_completed_until": "2099-01-01 00:00:00"}),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.models"), self.env.cr.savepoint():
                forbidden()
                self.env.flush_all()
        self.order.leads_completed_until = fields.Datetime.subtract(fields.Datetime.now(), seconds=2)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(order.search([("id", "=", order.id)]))
        with self.assertRaises(AccessError):
            order.read(["name"])

    def test_other_agents_do_not_see_it(self):
        order = self._complete().with_user(self.other_agent)
        with self.assertRaises(AccessError):
            order.read(["name"])

    def test_with_the_lock_of_confirmed_orders(self):
        self.env["res.config.settings"].create({"group_auto_done_setting": True}).execute()
        order = self._complete()
        self.assertTrue(order.locked)
        self._assert_sold(self.order, self.agent)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_with_a_confirmation_mail_from_the_agent(self):
        order = self.order.with_user(self.agent)
        self.order.user_id = self.agent
        order.with_context(send_email=True).action_confirm()
        self._assert_sold(self.order, self.agent)
        mail = self.order.message_ids.filtered(lambda message: message.partner_ids == self.customer)
        self.assertTrue(mail, "the confirmation was sent to the customer")
        self.assertEqual(mail.author_id, self.agent.partner_id)

    def test_with_mails_sent_later(self):
        self.env["ir.config_parameter"].set_param("sale.async_emails", "True")
        self.order.with_user(self.agent).with_context(send_email=True).action_confirm()
        self.assertTrue(self.order.pending_email_template_id)

    def test_agent_completes_a_customer_nobody_holds(self):
        free = self._lead("Free")
        free.sale_order_ids.with_user(self.agent).action_confirm()
        self.env.flush_all()
        self.assertEqual(free.sale_order_ids.leads_completed_by_id, self.agent)
        self.assertTrue(free.sale_order_ids.with_user(self.agent).has_access("read"))

    def test_agent_cancels_a_quotation_and_is_led_back_to_the_list(self):
        action = self.order.with_user(self.agent).action_cancel()
        self.env.flush_all()
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(self.assignment.state, "active", "cancelling is no sale")


@tagged("post_install", "-at_install")
class TestSaleOnline(SaleCase, PaymentCommon, HttpCase):
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_payment(self):
        transaction = self._create_transaction(
            "redirect",
            amount=self.order.amount_total,
            currency_id=self.order.currency_id.id,
            partner_id=self.customer.id,
            sale_order_ids=[(6, 0, self.order.ids)],
            state="done",
        )
        with mute_logger("odoo.addons.sale.models.payment_transaction"):
            transaction._post_process()
        self._assert_sold(self.order, self.env.user)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_portal_signature(self):
        self.order.require_signature, self.order.require_payment = True, False
        self.order.action_quotation_sent()
        token = self.order._portal_ensure_token()
        self.env.flush_all()
        response = self.url_open(
            f"/my/orders/{self.order.id}/accept?access_token={token}",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "name": "Joan Harbour",
                    "signature": PIXEL,
                },
            },
        )
        self.assertTrue(re.search("force_refresh", response.text), response.text)
        self.env.invalidate_all()
        self._assert_sold(self.order, self.env.ref("base.user_root"))
        self.assertEqual(self.order.signed_by, "Joan Harbour")
