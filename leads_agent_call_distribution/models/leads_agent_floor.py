from odoo import api, models


class LeadsAgentFloor(models.AbstractModel):
    _inherit = "leads.agent.floor"

    @api.model
    def _agent_fields(self):
        """What tells who is away is read with the rest."""
        return (*super()._agent_fields(), "leads_available", "leads_calendar_id")
