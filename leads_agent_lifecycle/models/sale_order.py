from odoo import api, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "leads.agent.lead.mixin"]

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        orders = super().create(vals_list)
        for company, made in orders.grouped("company_id").items():
            # sudo: res.partner - a quotation moves the lead, regardless of the rights of its creator
            customers = made.sudo().with_company(company).leads_commercial_partner_id
            customers._lead_event("order", self.env._("Quotation %s", ", ".join(made[:3].mapped("name"))))
        return orders

    def _leads_complete(self, orders):
        result = super()._leads_complete(orders)
        for company, sold in orders.grouped("company_id").items():
            # sudo: res.partner - a sale moves the lead, regardless of the rights of the user
            customers = sold.sudo().with_company(company).leads_commercial_partner_id
            customers._lead_event("sale", self.env._("Sale %s", ", ".join(sold[:3].mapped("name"))))
        return result
