from odoo import api, fields, models
from odoo.exceptions import UserError

from ..arguments import takes
from ..fields import Link
from ..tools import given


class LeadsAgentAssign(models.TransientModel):
    """*Assign Lead*: give one assignable lead to one agent."""

    _name = "leads.agent.assign"
    _description = "Assign Lead"

    agent_id = Link("res.users", string="User", domain=[("can_hold_leads", "=", True)], help="All Leads Agents.")
    partner_id = Link(
        "res.partner",
        string="Lead to Assign",
        domain=[("is_assignable_lead", "=", True), ("leads_agent_id", "=", False), ("is_leads_refused", "=", False)],
        help="Customers whose latest order is a quotation and whom nobody holds.",
    )

    agent_note = fields.Char(compute="_compute_agent_note")

    @api.depends("agent_id")
    def _compute_agent_note(self):
        """What there is to know before choosing the agent: full, or away."""
        Assignment = self.env["leads.agent.assignment"]
        absences = self.agent_id._leads_absences()
        loads = Assignment._agent_loads(self.agent_id)
        for wizard in self:
            agent = wizard.agent_id
            load, absence = loads.get(agent.id), absences.get(agent.id)
            if load and load.full:
                wizard.agent_note = Assignment._verdict_sentence(load.full, "", agent.name, "")
            else:
                wizard.agent_note = absence and Assignment._absence_sentence(absence, agent.name)

    @takes(given.one)
    def action_assign(self):
        """Assign the lead.

        :raises UserError: with the reason when it cannot be assigned
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        if not self.partner_id:
            raise UserError(self.env._("Choose the lead to assign."))
        self.partner_id.check_access("read")
        # sudo: leads.agent.assignment - only managers come here; the door writes what nobody may write by hand
        [outcome] = (
            self.env["leads.agent.assignment"]
            .sudo()
            ._assign_leads(
                self.agent_id,
                self.partner_id,
                source="manual",
                reason=self.env._("Chosen by %s", self.env.user.name),
            )
        )
        if outcome["result"] != "assigned":
            raise UserError(outcome["reason"])
        return {"type": "ir.actions.act_window_close"}
