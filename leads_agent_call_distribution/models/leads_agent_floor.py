from odoo import api, models


class LeadsAgentFloor(models.AbstractModel):
    _inherit = "leads.agent.floor"

    @api.model
    def _agent_fields(self):
        """Add the fields that decide whether an agent is away."""
        return (*super()._agent_fields(), "leads_available", "leads_calendar_id")
