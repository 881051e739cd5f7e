from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon

CANARY = "CNRY"


@tagged("post_install", "-at_install")
class TestBackDoors(LeadsAgentCommon):
    """Ways around the rules on customers and orders, each with the same call on a customer in sight."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.mine = cls._lead("Mine", email="mine@example.com", street="Own Street 1", phone="+32 2 290 34 90")
        cls.theirs = cls._lead(f"{CANARY} Theirs", email="cnry@example.com", street=f"{CANARY} Street", vat="CNRY123")
        cls.assignment = cls._assign(cls.mine)
        cls.order, cls.hidden = cls.mine.sale_order_ids, cls.theirs.sale_order_ids
        cls.as_agent = cls.env(user=cls.agent)

    def _agent(self, records):
        return self.as_agent[records._name].browse(records.ids)

    def test_access_errors_name_no_record_even_in_debug_mode(self):
        # Debug mode is a matter of the request.
        debug = SimpleNamespace(session=SimpleNamespace(debug="1"))
        for record in (self.theirs, self.hidden, self.hidden.order_line):
            with (
                patch("odoo.addons.base.models.res_users.request", debug),
                self.assertRaises(AccessError) as caught,
            ):
                self._agent(record).read(["display_name"])
            self.assertNotIn(CANARY, str(caught.exception))
            self.assertNotIn(self.hidden.name, str(caught.exception))

    def test_context_does_not_widen_names(self):
        keys = {"show_address": True, "show_email": True, "show_vat": True}
        for sudo in (False, True):
            theirs = self._agent(self.theirs).sudo(sudo).with_context(**keys)
            mine = self._agent(self.mine).sudo(sudo).with_context(**keys)
            if sudo:
                self.assertEqual(theirs.display_name, self.theirs.name)
            self.assertIn("Own Street", mine.display_name)
            self.assertIn("mine@example.com", mine.display_name)
        both = (self._agent(self.mine) | self._agent(self.theirs)).sudo().with_context(**keys)
        self.assertEqual([CANARY in name and "@" in name for name in both.mapped("display_name")], [False, False])

    def test_signup_token_of_customers_out_of_sight(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        with self.assertRaises(AccessError):
            self._agent(self.theirs).signup_get_auth_param()
        self.assertTrue(self._agent(self.mine).signup_get_auth_param())

    def test_writing_a_customer_into_an_order_is_reading_them(self):
        for name in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
            with self.subTest(name), self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._agent(self.order).write({name: self.theirs.id})
            with self.subTest(name), self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.as_agent["sale.order"].create({"partner_id": self.mine.id, name: self.theirs.id})
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.mine.id})
        self._agent(self.order).write({"partner_shipping_id": contact.id})
        self.assertEqual(self.order.partner_shipping_id, contact)

    def test_values_the_server_would_not_have_set(self):
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._agent(self.order).write({"user_id": self.salesperson.id})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._agent(self.order).write({"access_token": "guess"})
        self._agent(self.order).write({"user_id": self.agent.id})

    def test_onchange_computes_nothing_from_customers_out_of_sight(self):
        Order = self.as_agent["sale.order"]
        spec = {"partner_id": {"fields": {"display_name": {}}}, "partner_shipping_id": {"fields": {"display_name": {}}}}
        with self.assertRaises(AccessError):
            Order.onchange({"partner_id": self.theirs.id}, ["partner_id"], spec)
        with self.assertRaises(AccessError):
            Order.with_context(default_partner_id=self.theirs.id).onchange({}, [], spec)
        result = Order.onchange({"partner_id": self.mine.id}, ["partner_id"], spec)
        self.assertEqual(result["value"]["partner_shipping_id"]["display_name"], "Mine")

    def test_subscribing_and_addressing_customers_out_of_sight(self):
        order = self._agent(self.order)
        order.message_subscribe(partner_ids=(self.theirs | self.mine).ids)
        self.assertIn(self.mine, self.order.message_partner_ids)
        self.assertNotIn(self.theirs, self.order.message_partner_ids)
        message = order.message_post(body="x", partner_ids=(self.theirs | self.mine).ids)
        self.assertEqual(message.sudo().partner_ids, self.mine)

    def test_hidden_duplicates_do_not_break_the_form(self):
        twin = self._order(self.mine, "sale", client_order_ref="PO 7")
        self.order.client_order_ref = "PO 7"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.order.duplicated_order_ids, twin)
        self.env.invalidate_all()
        self.assertFalse(self._agent(self.order).duplicated_order_ids)
        self.assertEqual(self._agent(self.order).web_read({"duplicated_order_ids": {}})[0]["duplicated_order_ids"], [])

    def test_what_hangs_on_a_customer(self):
        analytic_plan = self.env["account.analytic.plan"].search([], limit=1) or self.env[
            "account.analytic.plan"
        ].create({"name": "Plan"})
        makers = {
            "res.partner.bank": lambda partner: {"acc_number": f"BE{partner.id}", "partner_id": partner.id},
            "account.analytic.account": lambda partner: {
                "name": partner.name,
                "partner_id": partner.id,
                "plan_id": analytic_plan.id,
            },
            "mail.followers": lambda partner: {
                "res_model": "res.partner",
                "res_id": self.mine.id,
                "partner_id": partner.id,
            },
        }
        for model, make in makers.items():
            records = self.env[model].create([make(self.mine), make(self.theirs)])
            seen = self.as_agent[model].search([("id", "in", records.ids)])
            self.assertEqual(seen.ids, records[:1].ids, model)
            with self.assertRaises(AccessError):
                self._agent(records[1]).read(["display_name"])

    def test_notifications_of_customers_out_of_sight(self):
        for partner, seen in ((self.mine, True), (self.theirs, False)):
            message = self.order.message_post(body="x", partner_ids=partner.ids)
            notifications = message.notification_ids.filtered(lambda n, partner=partner: n.res_partner_id == partner)
            self.assertTrue(notifications)
            self.assertEqual(bool(self.as_agent["mail.notification"].search([("id", "in", notifications.ids)])), seen)

    def test_messages_activities_and_followers_end_with_the_assignment(self):
        order = self._agent(self.order)
        own = order.message_post(body="Written by me")
        told = self.order.message_post(body="Told to me", partner_ids=self.agent.partner_id.ids)
        activity = order.activity_schedule("mail.mail_activity_data_call", summary="Mine to do")
        order.message_subscribe(partner_ids=self.agent.partner_id.ids)
        self._agent(self.mine).message_subscribe(partner_ids=self.agent.partner_id.ids)

        def seen():
            self.env.flush_all()
            self.env.invalidate_all()
            return (
                self.as_agent["mail.message"].search_count([("id", "in", (own | told).ids)]),
                self.as_agent["mail.activity"].search_count([("id", "=", activity.id)]),
                len(self._agent(own)._filtered_access("read") | self._agent(told)._filtered_access("read")),
                len(self._agent(activity)._filtered_access("read")),
            )

        self.assertEqual(seen(), (2, 1, 2, 1))
        self.assignment.with_user(self.manager).action_unassign()
        self.assertEqual(seen(), (0, 0, 0, 0))
        self.assertNotIn(self.agent.partner_id, (self.order | self.order).message_partner_ids)
        self.assertNotIn(self.agent.partner_id, self.mine.message_partner_ids)

    def test_notifications_reach_an_agent_only_while_the_document_is_in_sight(self):
        self.agent.notification_type = "inbox"
        Notification = self.env["mail.notification"].sudo()
        mine = [("res_partner_id", "=", self.agent.partner_id.id)]
        self.order.message_subscribe(partner_ids=self.agent.partner_id.ids)
        before = Notification.search_count(mine)
        self.order.message_post(body="News", subtype_xmlid="mail.mt_comment")
        self.assertEqual(Notification.search_count(mine), before + 1)
        self._resolve(self.assignment)
        self.assignment.visible_until = "2020-01-01"
        self.env.flush_all()
        self.order.message_post(body="More", subtype_xmlid="mail.mt_comment", partner_ids=self.agent.partner_id.ids)
        self.assertEqual(Notification.search_count(mine), before + 1)

    def test_without_the_lock_messages_of_hidden_orders_stay_hidden(self):
        self.env.company.leads_agent_lock_assigned = False
        sold = self._order(self.mine, "draft")
        message = self._agent(sold).message_post(body="Mine")
        sold.write({"state": "cancel"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.as_agent["mail.message"].search([("id", "=", message.id)]))
        self.assertTrue(self.env["mail.message"].with_user(self.salesperson).search([("id", "=", message.id)]))
