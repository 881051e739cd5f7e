from datetime import timedelta

import pytz

from odoo import fields, models


class ResourceCalendar(models.Model):
    """Working hours: agents receive leads during these hours."""

    _inherit = "resource.calendar"

    def _leads_is_working_time(self):
        """Whether this moment is within the working hours, regardless of leave."""
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return bool(self._attendance_intervals_batch(now, now + timedelta(seconds=1))[False])
