from odoo import models


class SaleOrder(models.Model):
    """An agent replaces a delivery address that somebody else has set and that is out of sight."""

    _inherit = "sale.order"

    def write(self, vals):
        if vals.get("partner_shipping_id") and not self.env.su and self.env.user._is_leads_agent():
            # sudo: res.partner - core names the old address in a note on the deliveries, as the agent: it is known then
            self.sudo().partner_shipping_id.mapped("display_name")
        return super().write(vals)
