from odoo import models

from ..moving import LifeCycle


class LeadsAgentAssignment(models.Model):
    _inherit = "leads.agent.assignment"

    def _on_started(self):
        """Make assigned customers leads, and let rules move them."""
        # sudo: res.partner - follows from an assignment that was allowed
        customers = self.sudo().partner_id
        customers._lead_event("assigned", self.env._("Assigned to an agent"), becomes_lead=True)
        return super()._on_started()

    def _on_undone(self):
        """Move back the leads that moved because of the assignment, unless they have moved since."""
        # sudo: res.partner - follows from an undo that was allowed
        LifeCycle(self.sudo().env).go_back(self)
        return super()._on_undone()
