from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.base.models.res_partner import _tz_get

from ..arguments import takes
from ..fields import Bounded
from ..tools import given, limits, policy
from ..tools.moments import midnight
from ..tools.next_lead import Weights

GRACE_MINUTES = (1, 10_080)


class ResCompany(models.Model):
    """What Leads Agents of the company may see, and how much they may have.

    For a user of several companies the strictest of all of them counts, whatever the company switcher shows.
    """

    _inherit = "res.company"

    leads_agent_view_non_partial = fields.Boolean(
        string="Allow Leads Agents to View Non-Partial Orders",
        help="Agents also see confirmed and cancelled orders, for instance to upsell. Off: quotations only.",
    )
    leads_agent_lock_assigned = fields.Boolean(
        string="Lock Leads Agents to Assigned Customers",
        help="Agents see only the customers that are assigned to them, and what hangs on these.",
    )
    leads_agent_grace_minutes = fields.Integer(
        string="Grace After Resolving",
        default=60,
        help="Minutes for which an agent may still read a customer after resolving the lead, and an order after "
        "completing it.",
    )
    leads_agent_max_open = Bounded(
        string="Most Open Leads per Agent",
        most=limits.MOST_LEADS,
        help="The most leads an agent may hold at a time, at every door; an agent can have a number of their own. "
        "0: no limit.",
    )
    leads_agent_max_per_day = Bounded(
        string="Most New Leads per Agent and Day",
        most=limits.MOST_LEADS,
        help="The most leads given to an agent between two midnights of the agent's time zone. What agents enter "
        "themselves, and leads that are reopened, are not refused. 0: no limit.",
    )
    leads_agent_untouched_days = Bounded(
        string="Untouched Leads Back to the Pool",
        most=limits.MOST_DAYS,
        help="Days after which a lead is taken back when nobody has called, written or noted anything since it was "
        "assigned. Looked after once a day. 0: never.",
    )
    leads_agent_need_phone = fields.Boolean(
        string="Only Customers With a Phone Number",
        help="Customers without any phone number, of their own or of a contact, are not given to agents.",
    )

    leads_agent_tz = fields.Selection(
        _tz_get,
        string="Time Zone of the Figures",
        help="Today, in the figures of agents and managers, begins at midnight of this time zone, wherever they are. "
        "Empty: that of the working hours of the company.",
    )
    leads_agent_calls_per_day = Bounded(
        string="Most Calls per Customer and Day",
        most=policy.MOST_ATTEMPTS,
        default=5,
        help="Over all agents, by the calendar of the customer. 0: no limit.",
    )
    leads_agent_callback_minutes = Bounded(
        string="Missed Callbacks to the Call Center",
        most=policy.MOST_MINUTES,
        default=30,
        help="Minutes after which a callback that was not made is open to the agent's call center.",
    )
    leads_agent_most_callbacks = Bounded(
        string="Most Open Callbacks per Agent", most=limits.MOST_LEADS, default=100, help="0: no limit."
    )
    leads_agent_half_life = Bounded(
        string="Chance Halves After",
        least=1,
        most=limits.MOST_DAYS,
        default=14,
        help="Days in which the chance of selling a quotation halves. Next prefers younger quotations the more, the "
        "shorter this is.",
    )
    leads_agent_fatigue = Bounded(
        string="Chance After an Attempt in Vain",
        least=1,
        most=100,
        default=80,
        help="Per cent of the chance that are left after each attempt in vain. 100: attempts do not count.",
    )
    leads_agent_loyalty = Bounded(
        string="Chance per Former Sale", most=100, default=20, help="Per cent that each former sale adds to the chance."
    )
    leads_agent_answers = Bounded(
        string="Weight of Former Answers",
        most=100,
        default=100,
        help="How much it counts at which hours the customer answered: at 100, who always answers at this hour counts "
        "twice and who never does counts half. 0: not at all.",
    )

    def _leads_weights(self, settings=None):
        """What *Next* goes by.

        :param dict settings: the settings of the company by name, if they were read already
        """
        # sudo: res.company - settings of the company one works in
        settings = settings or self.sudo()
        return Weights(
            half_life=settings["leads_agent_half_life"] or 14,
            fatigue=(settings["leads_agent_fatigue"] or 80) / 100,
            loyalty=(settings["leads_agent_loyalty"] or 0) / 100,
            answers=(settings["leads_agent_answers"] or 0) / 100,
        )

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    @ormcache("self.id")
    def _leads_zone(self):
        """The time zone at whose midnight *today* begins in all figures."""
        # sudo: res.company, resource.calendar - a time zone, for whoever is counted
        company = self.sudo()
        return company.leads_agent_tz or company.resource_calendar_id.tz or "UTC"

    def _leads_midnight(self):
        """When *today* began in the figures of the company, in UTC."""
        self.ensure_one()
        return midnight(fields.Datetime.now(), self._leads_zone())

    def _leads_since_midnight(self, name, days=0):
        """Rows with an ``agent_id``, of agents of these companies, whose moment ``name`` is of today.

        :param int days: or of so many days before
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

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"leads_agent_half_life", "leads_agent_fatigue", "leads_agent_loyalty"}:
            # sudo: leads.agent.assignment - follows from the settings that the user was allowed to change
            Assignment = self.env["leads.agent.assignment"].sudo()
            for company in self:
                Assignment.with_company(company)._refresh_priorities(Domain("company_id", "=", company.id))
        return result

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
        # What the record rules read of a user's companies is cached: a change must act at once, in every worker.
        return super().cache_invalidation_fields() | {
            "leads_agent_view_non_partial",
            "leads_agent_lock_assigned",
            "leads_agent_tz",
            "resource_calendar_id",
            "user_ids",
        }
