from odoo import models

from ..arguments import takes
from ..tools import given


class ResourceCalendar(models.Model):
    """Working hours say where the company is."""

    _inherit = "resource.calendar"

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # The time zone of companies is remembered
            self.env.registry.clear_cache()
        return result
