from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded
from odoo.addons.leads_agent.tools import given, limits

from ..tools import policy
from ..tools.next_lead import Weights


class ResCompany(models.Model):
    """How often customers are called, when a callback is missed, and the weights of *Next*."""

    _inherit = "res.company"

    leads_agent_need_phone = fields.Boolean(
        string="Only Customers With a Phone Number",
        help="Customers without a phone number, of their own or of a contact, are not assigned to agents.",
    )
    leads_agent_calls_per_day = Bounded(
        string="Maximum Calls per Customer per Day",
        most=policy.MOST_ATTEMPTS,
        default=5,
        help="Calls by all agents, per calendar day in the customer's time zone. 0: no limit.",
    )
    leads_agent_callback_minutes = Bounded(
        string="Missed Callbacks to the Call Center",
        most=policy.MOST_MINUTES,
        default=30,
        help="Minutes after which a callback that was not made is open to the agent's call center.",
    )
    leads_agent_most_callbacks = Bounded(
        string="Maximum Open Callbacks per Agent", most=limits.MOST_LEADS, default=100, help="0: no limit."
    )
    leads_agent_half_life = Bounded(
        string="Chance Halves After",
        least=1,
        most=limits.MOST_DAYS,
        default=14,
        help="Number of days in which the chance of winning a quotation halves. The lower the number, the "
        "more the Next lead button prefers recent quotations.",
    )
    leads_agent_fatigue = Bounded(
        string="Chance Left After an Unsuccessful Attempt",
        least=1,
        most=100,
        default=80,
        help="The percentage of the chance of a sale that remains after each unsuccessful attempt. 100: "
        "attempts do not count.",
    )
    leads_agent_loyalty = Bounded(
        string="Added Chance per Past Sale",
        most=100,
        default=20,
        help="The percentage by which each past sale raises the chance of another sale.",
    )
    leads_agent_answers = Bounded(
        string="Weight of Earlier Answers",
        most=100,
        default=100,
        help="How much the hours at which the customer answered before count. At 100, a customer who always "
        "answers at this hour counts twice as much, and a customer who never does counts half as much. "
        "0: not at all.",
    )

    def _leads_weights(self, settings=None):
        """Return the weights of *Next*.

        :param dict settings: the settings of the company by name, if already read
        """
        # sudo: res.company - settings of the user's company
        settings = settings or self.sudo()
        return Weights(
            half_life=settings["leads_agent_half_life"] or 14,
            fatigue=(settings["leads_agent_fatigue"] or 80) / 100,
            loyalty=(settings["leads_agent_loyalty"] or 0) / 100,
            answers=(settings["leads_agent_answers"] or 0) / 100,
        )

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"leads_agent_half_life", "leads_agent_fatigue", "leads_agent_loyalty"}:
            # sudo: leads.agent.assignment - follows from settings that the user was allowed to change
            Assignment = self.env["leads.agent.assignment"].sudo()
            for company in self:
                Assignment.with_company(company)._refresh_priorities(Domain("company_id", "=", company.id))
        return result
