from odoo import models


class ProjectMilestone(models.Model):
    """Agents see a milestone together with the order that invoices it."""

    _inherit = "project.milestone"

    def _leads_sight_domain(self):
        return super()._leads_sight_domain() & self.env["project.project"]._leads_order_sight("sale_line_id.order_id")
