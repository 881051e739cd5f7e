from odoo import fields, models
from odoo.fields import Domain


class ProjectProject(models.Model):
    """Agents see a project together with the orders it belongs to."""

    _inherit = "project.project"

    # Odoo searches by it when the form of an order is opened.
    reinvoiced_sale_order_id = fields.Many2one(
        groups="sales_team.group_sale_salesman,leads_agent.group_leads_agent,leads_agent.group_leads_manager"
    )

    def _leads_sight_domain(self):
        return (
            super()._leads_sight_domain()
            & self._leads_order_sight("sale_line_id.order_id")
            & self._leads_order_sight("reinvoiced_sale_order_id")
        )

    def _leads_order_sight(self, field):
        """Records without an order in ``field``, or in the line before it, or with one that the user reads."""
        readable = self.env["sale.order"].sudo(False).with_context(active_test=False)._search([])
        return Domain(field.partition(".")[0], "=", False) | Domain(field, "in", readable)
