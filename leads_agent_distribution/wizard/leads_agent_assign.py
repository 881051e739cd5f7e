from odoo import api, fields, models


class LeadsAgentAssign(models.TransientModel):
    """*Assign Lead* warns when the agent is full or away."""

    _inherit = "leads.agent.assign"

    agent_note = fields.Char(compute="_compute_agent_note")

    @api.depends("agent_id")
    def _compute_agent_note(self):
        """Compute the warning that the agent is full or away."""
        wording = self.env["leads.agent.wording"]
        absences = self.agent_id._leads_absences()
        loads = self.env["leads.agent.assignment"]._agent_loads(self.agent_id)
        for wizard in self:
            agent = wizard.agent_id
            load, absence = loads.get(agent.id), absences.get(agent.id)
            if load and load.full:
                wizard.agent_note = wording._verdict(load.full, agent=agent.name)
            else:
                wizard.agent_note = absence and wording._absence(absence, agent.name)
