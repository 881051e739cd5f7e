from odoo import models

from ..moving import LifeCycle


class LeadsAgentAssignment(models.Model):
    _inherit = "leads.agent.assignment"

    def _on_started(self):
        """Who is assigned is a lead, and its rules may move it."""
        # sudo: res.partner - follows from an assignment that was allowed
        customers = self.sudo().partner_id
        customers._lead_event("assigned", self.env._("Assigned to an agent"), becomes_lead=True)
        return super()._on_started()

    def _on_undone(self):
        """Leads that moved because they were assigned go back, unless they have moved since."""
        # sudo: res.partner - follows from an undoing that was allowed
        LifeCycle(self.sudo().env).go_back(self)
        return super()._on_undone()
