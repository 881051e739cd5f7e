from datetime import timedelta

import pytz

from odoo import models

# How far ahead an opening is looked for.
AHEAD = timedelta(days=60)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _leads_next_working_time(self, moment):
        """When the hours are open again, holidays left out.

        :param datetime moment: UTC
        :returns: the moment itself when they are open; None when they never are
        """
        self.ensure_one()
        start = pytz.utc.localize(moment)
        intervals = self._work_intervals_batch(start, start + AHEAD)[False]
        opening = next((begin for begin, _end, _records in intervals), None)
        return opening and opening.astimezone(pytz.utc).replace(tzinfo=None)

    def _leads_after(self, moment, duration):
        """When so much working time has passed.

        :param datetime moment: UTC
        :param timedelta duration: of working time
        :returns: UTC; None when the hours are never open
        """
        self.ensure_one()
        end = self.plan_hours(duration.total_seconds() / 3600, pytz.utc.localize(moment), compute_leaves=True)
        return end and end.astimezone(pytz.utc).replace(tzinfo=None)
