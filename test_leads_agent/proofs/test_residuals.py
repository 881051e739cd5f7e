import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, marks_in
from .remote import RemoteCase


@tagged("post_install", "-at_install", "leads_prove")
class TestResiduals(RemoteCase):
    """What is deliberately open, exactly as far as `docs/visibility.md` says, and no further."""

    def setUp(self):
        super().setUp()
        self.role = next(role for role in ROLES if role.name == "agent, locked")

    def _error(self, answer):
        return json.loads(answer)["error"]["data"]["name"].rsplit(".", 1)[-1]

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_that_an_id_exists_and_nothing_else(self):
        partner = self.world["B"]["partner"]
        missing = self.env["res.partner"].search([], order="id desc", limit=1).id + 1000
        with self._as(self.role):
            self._enter(self.role)
            there = self._rpc("call_kw", "res.partner", "read", partner.ids, fields=["name"])
            nowhere = self._rpc("call_kw", "res.partner", "read", [missing], fields=["name"])
        self.assertEqual((self._error(there), marks_in(there)), ("AccessError", set()))
        self.assertNotEqual(there.replace(str(partner.id), ""), nowhere.replace(str(missing), ""))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_link_of_a_quotation_once_in_sight_stays_valid_and_no_other_can_be_had(self):
        once, never = self.world["C"]["quotation"], self.world["B"]["quotation"]
        with self._as(self.role):
            self._enter(self.role)
            page = self._get(f"/my/orders/{once.id}?access_token={once.access_token}")
            self.assertIn("CQ", marks_in(page))
            for method, arguments in (("get_portal_url", {}), ("read", {"fields": ["access_token"]})):
                for order in (once, never):
                    answer = self._rpc("call_kw", "sale.order", method, order.ids, **arguments)
                    self.assertEqual((self._error(answer), marks_in(answer)), ("AccessError", set()))

    def test_name_on_a_document_in_sight_and_nothing_behind_it(self):
        self.world["A"]["quotation"].partner_invoice_id = self.world["B"]["partner"]
        widened = {"show_address": True, "show_email": True, "show_vat": True}
        with self._as(self.role) as env:
            order = env["sale.order"].browse(self.world["A"]["quotation"].ids)
            [row] = order.with_context(**widened).read(["partner_invoice_id"])
            self.assertEqual(row["partner_invoice_id"][1], self.world["B"]["partner"].name)

    def test_sales_count_of_products_counts_what_is_in_sight(self):
        """Row 24: agents see no sales figures of products."""
        for role in ROLES:
            with self.subTest(role.name), self._as(role) as env:
                count = env["product.product"].browse(self.product.id).sales_count
                self.assertEqual(bool(count), role.name == "salesperson")

    def test_home_action_is_a_convenience(self):
        """Row 31: an agent may choose another one, and sees no more because of it."""
        with self._as(self.role) as env:
            action = self.env.ref("sale.action_orders")
            env["res.users"].browse(self.agent.id).write({"action_id": action.id})
            self.assertEqual(self.agent.action_id.id, action.id)
            hidden = self.world["B"]["quotation"]
            self.assertFalse(env["sale.order"].search([("id", "in", hidden.ids)]))

    def test_no_mail_after_the_assignment_ended(self):
        """Row 15: a user who was notified of a customer is not notified any more."""
        self.agent.notification_type = "email"
        order = self.world["C"]["quotation"].with_user(self.salesperson)
        with self._as(self.role):
            message = order.message_post(body="x", partner_ids=self.agent.partner_id.ids, message_type="comment")
            self.assertNotIn(self.agent.partner_id, message.sudo().notification_ids.res_partner_id)
            twin = self.world["A"]["quotation"].with_user(self.salesperson)
            message = twin.message_post(body="x", partner_ids=self.agent.partner_id.ids, message_type="comment")
            self.assertIn(self.agent.partner_id, message.sudo().notification_ids.res_partner_id)
