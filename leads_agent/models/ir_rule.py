from odoo import models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    """In debug mode, Odoo names the records that were refused; to an agent that would be reading them."""

    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        error = super()._make_access_error(operation, records)
        if not self.env.user._is_leads_agent():
            return error
        # sudo: ir.model - the name of a model is no secret
        description = self.env["ir.model"].sudo()._get(records._name).name or records._name
        return AccessError(
            self.env._(
                "You are not allowed to access this %(document)s (operation: %(operation)s). It may be assigned to "
                "somebody else, or no longer be a quotation.",
                document=description,
                operation=operation,
            )
        )
