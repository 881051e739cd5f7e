from odoo import models

from odoo.addons.leads_agent.fields import Bounded
from odoo.addons.leads_agent.tools.limits import MOST_LEADS


class ResCompany(models.Model):
    """How many leads the agents of the company may have. With several companies, the strictest limit applies."""

    _inherit = "res.company"

    leads_agent_max_open = Bounded(
        string="Maximum Open Leads per Agent",
        most=MOST_LEADS,
        help="The maximum number of leads an agent can hold at a time, however they are assigned. Agents "
        "can have their own limit. 0: no limit.",
    )
    leads_agent_max_per_day = Bounded(
        string="Maximum New Leads per Agent and Day",
        most=MOST_LEADS,
        help="The maximum number of leads assigned to an agent per calendar day, in the agent's time zone. "
        "Leads that agents enter themselves, and reopened leads, are never refused. 0: no limit.",
    )
