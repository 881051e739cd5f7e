from odoo import api, fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.limits import MOST_LEADS

from ..tools import limits

FIELDS = ("leads_available", "leads_calendar_id", "leads_max_open", "leads_max_per_day", "leads_weight")


class LeadsAgentCapacity(models.TransientModel):
    """*Limits and Calling Hours* of an agent, for managers without write access to users."""

    _name = "leads.agent.capacity"
    _description = "Limits and Calling Hours"

    agent_id = Link("res.users", string="Leads Agent", required=True, readonly=True)
    leads_available = fields.Boolean(
        string="Available for New Leads", compute="_compute_values", store=True, readonly=False
    )
    leads_calendar_id = Link(
        "resource.calendar",
        string="Calling Hours",
        compute="_compute_values",
        store=True,
        readonly=False,
        help="Leave empty to receive leads at any hour.",
    )
    leads_max_open = Bounded(
        string="Maximum Open Leads", most=MOST_LEADS, compute="_compute_values", store=True, readonly=False
    )
    leads_max_per_day = Bounded(
        string="Maximum New Leads per Day", most=MOST_LEADS, compute="_compute_values", store=True, readonly=False
    )
    leads_weight = Bounded(
        string="Share of New Leads",
        least=1,
        most=limits.MOST_WEIGHT,
        compute="_compute_values",
        store=True,
        readonly=False,
        help="When leads are shared by weight, an agent with 2 gets twice as many as one with 1.",
    )

    @api.depends("agent_id")
    def _compute_values(self):
        for wizard in self:
            # sudo: res.users - the manager reads the values that this form edits
            agent = wizard.agent_id.sudo()
            for name in FIELDS:
                wizard[name] = agent[name]

    @takes(given.one)
    def action_save(self):
        """Write the limits to the agent.

        :raises AccessError: when the user is not a Leads Manager
        :raises UserError: when the user cannot hold leads
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.agent_id._check_may_hold_leads()
        # sudo: res.users - managers decide the limits of agents without Settings rights
        self.agent_id.sudo().write({name: self._fields[name].convert_to_write(self[name], self) for name in FIELDS})
        return {"type": "ir.actions.act_window_close"}
