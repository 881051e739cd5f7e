from odoo import api, models
from odoo.tools import float_compare, formatLang


class LeadsAgentDashboard(models.AbstractModel):
    _inherit = "leads.agent.dashboard"

    @api.model
    def _line_values(self, line):
        return super()._line_values(line) | self._stock_values(line)

    @api.model
    def _stock_values(self, line):
        """Return the available stock for an order line.

        :returns: ``stock``, a sentence, and ``is_short``; an empty dict if the product is not storable
        """
        if not line.is_storable:
            return {}
        digits = self.env["decimal.precision"].precision_get("Product Unit")

        def is_enough(quantity):
            return float_compare(quantity, line.product_uom_qty, precision_digits=digits) >= 0

        free = max(line.free_qty_today, 0)
        free_text = formatLang(self.env, free, digits=0 if free == int(free) else digits)
        if is_enough(free):
            return {"stock": self.env._("%s in stock", free_text), "is_short": False}
        if is_enough(line.virtual_available_at_date):
            return {"stock": self.env._("%s in stock; the rest is expected in time", free_text), "is_short": False}
        if not free:
            return {"stock": self.env._("None in stock"), "is_short": True}
        return {"stock": self.env._("Only %s in stock", free_text), "is_short": True}
