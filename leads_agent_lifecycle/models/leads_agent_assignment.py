from odoo import api, models


class LeadsAgentAssignment(models.Model):
    _inherit = "leads.agent.assignment"

    def _after_assign(self, agent_of, created, tell=True):
        """Who is assigned is a lead, and its rules may move it."""
        assignments = super()._after_assign(agent_of, created, tell)
        # sudo: res.partner - follows from an assignment that was allowed
        customers = self.env["res.partner"].sudo().browse(created)
        customers._lead_event("assigned", self.env._("Assigned to an agent"), becomes_lead=True)
        return assignments

    @api.model
    def _undo(self, former_of):
        """Leads that moved because they were assigned go back, unless they have moved since."""
        undone = super()._undo(former_of)
        # sudo: res.partner - follows from an undoing that was allowed
        self.env["res.partner"].sudo()._lead_go_back(undone)
        return undone

    @api.model
    def _apply_to_customers(self, disposition, customers):
        result = super()._apply_to_customers(disposition, customers)
        # sudo: res.partner - follows from an outcome that the agent was allowed to log
        customers.sudo()._lead_event("called", disposition.name, disposition=disposition)
        return result
