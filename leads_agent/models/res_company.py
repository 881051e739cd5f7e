from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.base.models.res_partner import _tz_get

from ..fields import Bounded
from ..tools import limits
from ..tools.moments import midnight

GRACE_MINUTES = (1, 10_080)


class ResCompany(models.Model):
    """What Leads Agents of the company may see.

    For a user of several companies the strictest of all of them counts, whatever the company switcher shows.
    """

    _inherit = "res.company"

    leads_agent_view_non_partial = fields.Boolean(
        string="Allow Leads Agents to View Non-Partial Orders",
        help="Agents also see confirmed and cancelled orders, for instance to upsell. Off: quotations only.",
    )
    leads_agent_lock_assigned = fields.Boolean(
        string="Lock Leads Agents to Assigned Customers",
        help="Agents see only the customers assigned to them, and the records of these customers.",
    )
    leads_agent_grace_minutes = fields.Integer(
        string="Grace After Resolving",
        default=60,
        help="Number of minutes during which an agent can still see a customer after resolving the lead, "
        "and an order after completing it.",
    )
    leads_agent_untouched_days = Bounded(
        string="Untouched Leads Back to the Pool",
        most=limits.MOST_DAYS,
        help="A lead is taken back after this many days without a call, message or note since it was "
        "assigned. Checked once a day. 0: never.",
    )
    leads_agent_tz = fields.Selection(
        _tz_get,
        string="Time Zone of the Figures",
        help="In the figures of agents and managers, the day begins at midnight in this time zone, "
        "wherever they are. Leave empty to use the time zone of the company's working hours.",
    )

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    @ormcache("self.id")
    def _leads_zone(self):
        """Return the time zone whose midnight starts *today* in all figures."""
        # sudo: res.company, resource.calendar - only a time zone
        company = self.sudo()
        return company.leads_agent_tz or company.resource_calendar_id.tz or "UTC"

    def _leads_midnight(self):
        """Return when *today* began in the figures of the company, in UTC."""
        self.ensure_one()
        return midnight(fields.Datetime.now(), self._leads_zone())

    def _leads_since_midnight(self, name, days=0):
        """Return the domain of rows with an agent of these companies whose datetime ``name`` is today.

        :param int days: or up to this many days before
        """
        companies_of = defaultdict(list)
        for company in self:
            companies_of[company._leads_midnight() - timedelta(days=days)].append(company.id)
        if len(companies_of) == 1:
            return Domain(name, ">=", next(iter(companies_of)))
        return Domain.OR(
            Domain("agent_id.company_id", "in", company_ids) & Domain(name, ">=", since)
            for since, company_ids in companies_of.items()
        )

    @api.constrains("leads_agent_grace_minutes")
    def _check_leads_agent_grace_minutes(self):
        least, most = GRACE_MINUTES
        for company in self:
            if not least <= company.leads_agent_grace_minutes <= most:
                raise ValidationError(
                    self.env._(
                        "The grace after resolving must be between %(least)s minute and %(most)s minutes (one week).",
                        least=least,
                        most=most,
                    )
                )

    def cache_invalidation_fields(self):
        # Clear the cache of what record rules read of companies: a change must take effect at once, in every worker.
        return super().cache_invalidation_fields() | {
            "leads_agent_view_non_partial",
            "leads_agent_lock_assigned",
            "leads_agent_tz",
            "resource_calendar_id",
            "user_ids",
        }
