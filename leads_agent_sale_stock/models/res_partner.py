from odoo import api, models


class ResPartner(models.Model):
    """Agents read no lots and serial numbers."""

    _inherit = "res.partner"

    @api.model
    def _leads_refused_buttons(self):
        return super()._leads_refused_buttons() | {"action_view_stock_serial"}
