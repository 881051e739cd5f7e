from odoo import models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class SaleOrder(models.Model):
    """From an order to the calls with its customer."""

    _inherit = "sale.order"

    @takes(given.one)
    def action_open_leads_calls(self):
        """Open the calls with the customer of the order."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_leads_calls()
