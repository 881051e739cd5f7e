from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestSaleStock(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.customer = cls._lead("Harbour Café", phone="+32 2 290 34 90")
        cls.order = cls.customer.sale_order_ids
        cls._assign(cls.customer)
        cls.stranger = cls._lead("Secret Customer")
        cls._stock(5)

    @classmethod
    def _stock(cls, quantity):
        cls.env["stock.quant"]._update_available_quantity(cls.product, cls.warehouse.lot_stock_id, quantity)

    def _line_data(self):
        self.env.flush_all()
        self.env.invalidate_all()
        data = self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(self.customer.id)
        return data["orders"][0]["lines"][0]

    def test_the_desk_says_what_is_in_stock(self):
        line = self._line_data()
        self.assertEqual((line["stock"], line["is_short"]), ("5 in stock", False))

    def test_the_desk_says_when_there_is_too_little(self):
        self.order.order_line.product_uom_qty = 6
        line = self._line_data()
        self.assertEqual((line["stock"], line["is_short"]), ("Only 5 in stock", True))
        self.stranger.sale_order_ids.order_line.product_uom_qty = 5
        self.stranger.sale_order_ids.action_confirm()
        self.assertEqual(self._line_data()["stock"], "None in stock")

    def test_what_others_ordered_counts_though_it_is_out_of_sight(self):
        self.env.company.leads_agent_lock_assigned = True
        self.stranger.sale_order_ids.action_confirm()
        self.assertEqual(self._line_data()["stock"], "3 in stock")

    def test_nothing_is_said_of_services(self):
        self.product.is_storable = False
        self.assertNotIn("stock", self._line_data())

    def test_an_agent_enters_an_order_and_sells_it(self):
        orders = self.env["sale.order"].with_user(self.agent).with_context(allowed_company_ids=self.env.company.ids)
        with Form(orders, "sale.view_order_form") as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 2
        order = form.record
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(order.sudo().picking_ids.move_ids.product_uom_qty, 2)
        # Opening the form reads every field again, within the hour.
        Form(order, "sale.view_order_form")
        self.assertEqual(order.order_line.free_qty_today, 2)

    def test_deliveries_are_read_with_their_order(self):
        self.env.company.leads_agent_lock_assigned = True
        self.stranger.sale_order_ids.action_confirm()
        hidden = self.stranger.sale_order_ids.picking_ids
        hidden.action_assign()
        self.order.with_user(self.agent).action_confirm()
        own = self.order.picking_ids
        self.assertTrue(own and hidden.move_line_ids)
        self.env.invalidate_all()
        for hidden_records, own_records in (
            (hidden, own),
            (hidden.move_ids, own.move_ids),
            (hidden.move_line_ids, own.move_line_ids),
        ):
            records = hidden_records.with_user(self.agent)
            self.assertEqual(records.search([("id", "in", (hidden_records | own_records).ids)]), own_records)
            with self.assertRaises(AccessError):
                records.read(["display_name"])
        self.order.leads_completed_until = False
        self.env.invalidate_all()
        self.assertFalse(own.with_user(self.agent).search([("id", "in", own.ids)]))

    def test_a_receipt_is_out_of_sight(self):
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": self.stranger.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        self.assertFalse(receipt.with_user(self.agent).search([("id", "=", receipt.id)]))
        self.assertFalse(receipt.move_ids.with_user(self.agent).search([("id", "=", receipt.move_ids.id)]))
