from odoo import models

from odoo.addons.leads_agent_call.models.leads_agent_disposition import Effect


class LeadsAgentDisposition(models.Model):
    _inherit = "leads.agent.disposition"

    def _effects(self):
        return [*super()._effects(), Effect("", self._move_leads, is_reversible=True)]

    def _move_leads(self, customers):
        """Let the rules of the life cycle move leads that were called."""
        # sudo: res.partner - follows from an outcome that the agent was allowed to log
        customers.sudo()._lead_event("called", self.name, disposition=self)
