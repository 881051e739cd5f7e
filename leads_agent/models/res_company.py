from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..fields import Bounded
from ..tools import limits

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
        # The record rules read these settings and are cached per user: a change must act at once, in every worker.
        return super().cache_invalidation_fields() | {"leads_agent_view_non_partial", "leads_agent_lock_assigned"}
