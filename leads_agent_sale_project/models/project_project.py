from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.leads_agent.models.product_document import READERS


class ProjectProject(models.Model):
    """Agents see a project together with its orders."""

    _inherit = "project.project"

    # The form of an order searches its projects by this field.
    reinvoiced_sale_order_id = fields.Many2one(groups=READERS)

    def _leads_sight_domain(self):
        return (
            super()._leads_sight_domain()
            & self._leads_order_sight("sale_line_id.order_id")
            & self._leads_order_sight("reinvoiced_sale_order_id")
        )

    def _leads_order_sight(self, field):
        """Domain of records whose order, in ``field`` or its order line, is empty or readable for the user."""
        readable = self.env["sale.order"].sudo(False).with_context(active_test=False)._search([])
        return Domain(field.partition(".")[0], "=", False) | Domain(field, "in", readable)
