from odoo import models
from odoo.fields import Domain


class ProjectMilestone(models.Model):
    """Agents see a milestone together with its project."""

    _name = "project.milestone"
    _inherit = ["project.milestone", "leads.agent.sight.mixin"]

    def _leads_sight_domain(self):
        return Domain("project_id.leads_in_sight", "=", True)
