from odoo import models
from odoo.fields import Domain


class ProjectTask(models.Model):
    """Agents see a task together with its customer, and with its project and parent task, whose names it shows."""

    _name = "project.task"
    _inherit = ["project.task", "leads.agent.sight.mixin"]

    def _leads_sight_domain(self):
        customer = self.env["project.project"]._leads_customer_sight
        parent = Domain("parent_id", "=", False) | customer("parent_id.partner_id")
        project = Domain("project_id", "=", False) | Domain("project_id.leads_in_sight", "=", True)
        return customer("partner_id") & parent & project
