from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestOrderEntry(LeadsAgentCommon):
    """What an agent without any other group does on a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead(phone="+32 2 290 34 90", email="harbour@example.com")
        cls.as_agent = cls.env(user=cls.agent)

    def _partner(self, partner):
        return self.as_agent["res.partner"].browse(partner.id)

    def test_entering_an_order_with_lines_taxes_and_pricelist(self):
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.env.company.id), ("type_tax_use", "=", "sale"), ("amount", ">", 0)], limit=1
        ) or self.env["account.tax"].create({"name": "Sales tax", "amount": 15})
        self.product.taxes_id = tax
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Outbound",
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 400.0, "product_id": self.product.id})
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        form = Form(self.as_agent["sale.order"])
        form.partner_id = self._partner(self.customer)
        with form.order_line.new() as line:
            line.product_id = self.as_agent["product.product"].browse(self.product.id)
            line.product_uom_qty = 3
        order = form.save()
        self.assertEqual(order.amount_untaxed, 1200.0)
        self.assertGreater(order.amount_tax, 0)
        self.assertEqual(order.pricelist_id, pricelist)
        self.assertEqual(order.user_id, self.agent, "the agent is the salesperson")
        self.assertEqual(order.team_id, self.call_center, "of their call center")

    def test_customers_keep_their_salesperson_and_the_order_gets_the_call_center(self):
        self.customer.user_id = self.salesperson
        order = self.as_agent["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(order.user_id, self.salesperson)
        self.assertEqual(order.team_id, self.call_center)

    def test_salespeople_get_their_orders_as_before(self):
        order = self.env["sale.order"].with_user(self.salesperson).create({"partner_id": self.customer.id})
        self.assertEqual(order.user_id, self.salesperson)
        self.assertFalse(self.env["sale.order"].with_user(self.plain).has_access("create"))

    def test_sending_by_mail_and_printing(self):
        self.customer.sale_order_ids.user_id = self.agent
        order = self.as_agent["sale.order"].browse(self.customer.sale_order_ids.id)
        action = order.action_quotation_send()
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            composer = self.as_agent["mail.compose.message"].with_context(**action["context"]).create({})
            composer._action_send_mail()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.message_ids[0].author_id, self.agent.partner_id)
        html = self.as_agent["ir.actions.report"]._render_qweb_html("sale.action_report_saleorder", order.ids)[0]
        self.assertIn(b"Espresso machine", html)

    def test_every_field_of_the_order_form_is_readable(self):
        order = self.as_agent["sale.order"].browse(self.customer.sale_order_ids.id)
        for name, field in order._fields.items():
            if order._has_field_access(field, "read"):
                with self.subTest(name):
                    self.env.invalidate_all()
                    order.read([name])

    def _spec(self, arch):
        """What the web client reads for a view: every field in it, those of lines too, hidden or not."""
        spec = {}
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            name = node.get("name")
            inner = {}
            for sub in node.xpath("./form|./list|./kanban"):
                inner.update(self._spec(sub))
            spec[name] = {"fields": inner} if inner else {}
        return spec

    def test_forms_load_as_the_web_client_loads_them(self):
        """``tests.Form`` leaves out what a group hides; the web client reads it."""
        order = self.customer.sale_order_ids
        for user in (self.agent, self.manager):
            for record, view in (
                (order, "sale.view_order_form"),
                (self.customer, "base.view_partner_form"),
                (self._assign(self._lead(user.name)), "leads_agent.leads_agent_assignment_view_form"),
            ):
                record = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    self.env.invalidate_all()
                    views = record.get_views([(self.env.ref(view).id, "form")])
                    arch = etree.fromstring(views["views"]["form"]["arch"])
                    self.assertTrue(record.web_read(self._spec(arch)))

    def test_entering_a_new_customer_on_the_form(self):
        form = Form(self.as_agent["res.partner"].with_context(res_partner_search_mode="customer"))
        form.name = "Tea House"
        form.phone = "+32 2 290 34 91"
        form.email = "tea@example.com"
        form.street = "Rue Haute 1"
        form.country_id = self.as_agent.ref("base.be")
        partner = form.save()
        self.assertEqual((partner.name, partner.country_id.code, partner.customer_rank), ("Tea House", "BE", 1))
        self.assertFalse(partner.leads_agent_id, "without the lock nobody holds a new customer by itself")

    def test_under_the_lock_the_new_customer_is_theirs_at_once(self):
        self.env.company.leads_agent_lock_assigned = True
        partner = self.as_agent["res.partner"].create({"name": "Tea House", "phone": "+32 2 290 34 91"})
        self.assertEqual(partner.leads_agent_id, self.agent)
        self.assertEqual(self._active(partner).source, "order_entry")
        order = self.as_agent["sale.order"].create({"partner_id": partner.id})
        self.assertEqual(order.leads_agent_id, self.agent)

    def test_entering_an_address_of_a_customer(self):
        address = self.as_agent["res.partner"].create(
            {"parent_id": self.customer.id, "type": "delivery", "name": "Back door", "street": "Quai 2"}
        )
        self.assertEqual((address.type, address.commercial_partner_id), ("delivery", self.customer))

    def test_new_customers_carry_no_more_than_an_agent_may_say(self):
        Partner = self.as_agent["res.partner"]
        for vals in (
            {"user_id": self.agent.id},
            {"credit_limit": 1e6},
            {"property_payment_term_id": self.env["account.payment.term"].search([], limit=1).id},
            {"vat": "BE0477472701"},
            {"leads_agent_id": self.agent.id},
            {"category_id": [Command.create({"name": "VIP"})]},
        ):
            with self.subTest(vals), self.assertRaises(AccessError), mute_logger("odoo.models"):
                Partner.create({"name": "Tea House", **vals})
        harmless = Partner.create({"name": "Tea House", "active": True, "vat": False, "category_id": [[6, 0, []]]})
        self.assertTrue(harmless.active)
        sneaky = Partner.with_context(default_user_id=self.agent.id, default_comment="x").create({"name": "Sneaky"})
        self.assertFalse(sneaky.user_id)
        self.assertFalse(sneaky.comment)

    def test_correcting_what_a_customer_says_on_the_phone(self):
        form = Form(self._partner(self.customer))
        form.name = "Harbour Coffee"
        form.phone = "+32 2 290 34 99"
        form.email = "new@example.com"
        form.street = "Quai 3"
        form.city = "Antwerp"
        form.zip = "2000"
        form.country_id = self.as_agent.ref("base.be")
        form.save()
        self.assertEqual((self.customer.name, self.customer.zip), ("Harbour Coffee", "2000"))
        self._partner(self.customer).lang = "en_US"

    def test_nothing_else_of_a_customer_can_be_changed(self):
        partner = self._partner(self.customer)
        for vals in (
            {"vat": "BE0477472701"},
            {"user_id": self.agent.id},
            {"active": False},
            {"comment": "x"},
            {"is_company": False},
            {"parent_id": self._customer("Group").id},
            {"type": "invoice"},
            {"company_id": self.env.company.id},
            {"leads_agent_id": self.agent.id},
            {"ref": "X"},
        ):
            with self.subTest(vals), self.assertRaises(AccessError), mute_logger("odoo.models"):
                partner.write(vals)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            partner.unlink()

    def test_colleagues_and_own_companies_are_no_customers(self):
        for partner in (self.manager.partner_id, self.env.company.partner_id, self.env.ref("base.partner_root")):
            with self.subTest(partner.name), self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._partner(partner).write({"email": "mine@example.com"})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.as_agent["res.partner"].create({"name": "Sub", "parent_id": self.env.company.partner_id.id}).write(
                {"parent_id": self.manager.partner_id.id}
            )

    def test_agent_edits_their_own_preferences(self):
        self.as_agent.user.write({"phone": "+32 2 290 34 92", "signature": "<p>Anna</p>"})
        self.assertEqual(self.agent.partner_id.phone, "+32 2 290 34 92")

    def test_notes_and_activities_need_no_right_to_write(self):
        self.env.company.leads_agent_view_non_partial = True
        sold = self._lead("Sold", "sale").sale_order_ids
        for record in (self._partner(self.customer), self.as_agent["sale.order"].browse(sold.id)):
            with self.subTest(record._name):
                note = record.message_post(body="Called, no answer", subtype_xmlid="mail.mt_note")
                self.assertEqual(note.author_id, self.agent.partner_id)
                activity = record.activity_schedule("mail.mail_activity_data_call", summary="Call back")
                activity.action_feedback(feedback="Reached")
                self.assertIn("Reached", record.message_ids[0].body)
        with self.assertRaises(AccessError):
            self.as_agent["sale.order"].browse(sold.id).write({"note": "x"})

    def test_posting_is_not_widened_for_others(self):
        sold = self._lead("Sold", "sale").sale_order_ids
        with self.assertRaises(AccessError):
            sold.with_user(self.manager).message_post(body="x")
        self.assertEqual(self.env["res.partner"].with_user(self.plain)._mail_post_access, "write")
