from odoo import models

from odoo.addons.leads_agent.fields import Bounded
from odoo.addons.leads_agent.tools.limits import MOST_LEADS


class ResCompany(models.Model):
    """How much Leads Agents of the company may have. Of several companies of an agent, the strictest counts."""

    _inherit = "res.company"

    leads_agent_max_open = Bounded(
        string="Most Open Leads per Agent",
        most=MOST_LEADS,
        help="The most leads an agent may hold at a time, at every door; an agent can have a number of their own. "
        "0: no limit.",
    )
    leads_agent_max_per_day = Bounded(
        string="Most New Leads per Agent and Day",
        most=MOST_LEADS,
        help="The most leads given to an agent between two midnights of the agent's time zone. What agents enter "
        "themselves, and leads that are reopened, are not refused. 0: no limit.",
    )
