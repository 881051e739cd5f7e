from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import terms


class ResUsers(models.Model):
    """What giving leads asks of those who hold them: to be counted one after the other, and whether they are there.

    Here everybody is always there; addons know better.
    """

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    leads_door_count = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    leads_availability = fields.Selection(
        terms.AVAILABILITIES, string="Receives Leads", compute="_compute_leads_availability"
    )

    def _leads_take_turns(self):
        """Of two transactions that decide what these users hold, the later one fails and is retried by Odoo.

        Whoever gives them leads counts what they have, and whoever takes the role away takes back what they have. Locks
        alone would not do: a transaction that began earlier does not see what another has committed since. So the rows
        are changed, always in the same order.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_users u SET leads_door_count = COALESCE(u.leads_door_count, 0) + 1
                      FROM (SELECT id FROM res_users WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) t
                     WHERE u.id = t.id
                    """,
                    list(self._ids),
                )
            )

    @api.depends("can_hold_leads")
    def _compute_leads_availability(self):
        holders = self.filtered("can_hold_leads")
        absences = holders._leads_absences()
        (self - holders).leads_availability = False
        for user in holders:
            user.leads_availability = absences.get(user.id) or "available"

    def _leads_absences(self):
        """Who is not there now, and why, in a few queries for any number of users.

        :returns: ``{user_id: "off", "leave" or "hours"}``
        """
        return {}

    def _leads_on_leave(self):
        """Users whose leave covers this moment."""
        return self.browse()
