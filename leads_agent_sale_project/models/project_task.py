from odoo import models


class ProjectTask(models.Model):
    """Agents see a task together with its order."""

    _inherit = "project.task"

    def _leads_sight_domain(self):
        in_sight = self.env["project.project"]._leads_order_sight
        return super()._leads_sight_domain() & in_sight("sale_order_id") & in_sight("sale_line_id.order_id")
