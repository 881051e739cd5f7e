from datetime import timedelta

import pytz

from odoo import fields, models

from ..arguments import takes
from ..tools import given


class ResourceCalendar(models.Model):
    """Working hours serve as the hours in which agents receive leads, and say where the company is."""

    _inherit = "resource.calendar"

    def _leads_is_working_time(self):
        """Whether this moment is within the hours, leaves aside."""
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return bool(self._attendance_intervals_batch(now, now + timedelta(seconds=1))[False])

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # The time zone of companies is remembered
            self.env.registry.clear_cache()
        return result
