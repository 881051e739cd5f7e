from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PhoneBlacklist(models.Model):
    """Numbers that may not be called for a limited time."""

    _inherit = "phone.blacklist"

    leads_until = fields.Datetime(
        string="Until",
        readonly=True,
        tracking=True,
        help="The number may be called again from this date. Leave empty for never.",
    )

    @api.model
    def _leads_blocked(self, numbers):
        """Return the numbers that may not be called now.

        :param numbers: in the format of ``phone_sanitized``
        :rtype: frozenset
        """
        over = Domain("leads_until", "!=", False) & Domain("leads_until", "<=", fields.Datetime.now())
        # sudo: phone.blacklist - whether a number is on it does not depend on the current user
        return frozenset(self.sudo().search(Domain("number", "in", list(numbers)) & ~over).mapped("number"))

    @api.model
    def _leads_in_force_sql(self, alias):
        """SQL condition that an entry is in force, like :meth:`_leads_blocked`."""
        return SQL(
            "(%(active)s AND (%(until)s IS NULL OR %(until)s > %(now)s))",
            active=SQL.identifier(alias, "active"),
            until=SQL.identifier(alias, "leads_until"),
            now=fields.Datetime.now(),
        )

    @api.model
    def _leads_block(self, numbers, until=False):
        """Put numbers on the list; entries that last longer are kept.

        :param numbers: in the format of ``phone_sanitized``
        """
        known = self.with_context(active_test=False).search([("number", "in", numbers)])
        active = known.filtered("active")
        fresh = self._add(list(set(numbers) - set(active.mapped("number"))))
        fresh.leads_until = until
        active.filtered(
            lambda entry: entry.leads_until and (not until or entry.leads_until < until)
        ).leads_until = until
        return fresh | active

    @api.model
    def _cron_leads_expire(self):
        """Remove expired numbers from the list, for the other apps that use it."""
        # sudo: phone.blacklist - a job
        over = self.sudo().search([("leads_until", "<=", fields.Datetime.now())])
        over.active = False
        over.leads_until = False
