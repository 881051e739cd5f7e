from odoo import models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class SaleOrder(models.Model):
    """Odoo posts a note on the deliveries before writing a new address, with the names of both addresses."""

    _inherit = "sale.order"

    @takes(vals=given.values)
    def write(self, vals):
        if vals.get("partner_shipping_id") and not self.env.su and self.env.user._is_leads_agent():
            [vals] = self._leads_with_ids([vals])
            # sudo: res.partner - the old address may be out of sight; Odoo names it in a note on the deliveries
            self.sudo().partner_shipping_id.mapped("display_name")
        return super().write(vals)
