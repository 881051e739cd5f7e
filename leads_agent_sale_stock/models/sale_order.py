from odoo import models


class SaleOrder(models.Model):
    """A delivery address that an agent sends as text is brought to its number before deliveries are told of it."""

    _inherit = "sale.order"

    def write(self, vals):
        [vals] = self._leads_with_ids([vals])
        return super().write(vals)
