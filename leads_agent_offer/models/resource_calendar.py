from datetime import timedelta

import pytz

from odoo import models

# How far ahead to look for an opening.
AHEAD = timedelta(days=60)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _leads_next_working_time(self, moment):
        """Return the next moment within the working hours, taking holidays into account.

        :param datetime moment: UTC
        :returns: the moment itself if within the hours; None if there is none in the next 60 days
        """
        self.ensure_one()
        start = pytz.utc.localize(moment)
        intervals = self._work_intervals_batch(start, start + AHEAD)[False]
        opening = next((begin for begin, _end, _records in intervals), None)
        return opening and opening.astimezone(pytz.utc).replace(tzinfo=None)

    def _leads_after(self, moment, duration):
        """Return the moment after a duration of working time.

        :param datetime moment: UTC
        :param timedelta duration: of working time
        :returns: UTC; None if there are no working hours
        """
        self.ensure_one()
        end = self.plan_hours(duration.total_seconds() / 3600, pytz.utc.localize(moment), compute_leaves=True)
        return end and end.astimezone(pytz.utc).replace(tzinfo=None)
