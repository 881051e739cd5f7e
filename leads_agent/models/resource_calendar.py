from odoo import models

from ..arguments import takes
from ..tools import given


class ResourceCalendar(models.Model):
    """Working hours define the time zone of the company."""

    _inherit = "resource.calendar"

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # The time zone of companies is cached
            self.env.registry.clear_cache()
        return result
