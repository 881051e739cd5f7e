from odoo import models
from odoo.fields import Domain


class ProjectProject(models.Model):
    """Agents see a project together with its customer; for projects without a customer, Odoo's rules apply."""

    _name = "project.project"
    _inherit = ["project.project", "leads.agent.sight.mixin"]

    def _leads_sight_domain(self):
        return self._leads_customer_sight("partner_id")

    def _leads_customer_sight(self, field):
        """Domain of records without a customer in ``field``, or with a customer in sight."""
        if not self.env.user.leads_locked:
            return Domain.TRUE
        return Domain(field, "=", False) | Domain(f"{field}.leads_in_sight", "=", True)
