from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class IrRule(models.Model):
    """Rules that no record can express, for agents.

    Odoo lets everybody read the dialogs that others have open, with the customers, orders and texts in them. And in
    debug mode it names the records that were refused, which would be reading them.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if not self.env.su and self.env[model_name].is_transient() and self.env.user.leads_needs_sight:
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain

    def _make_access_error(self, operation, records):
        if not self.env.user._is_leads_agent():
            return super()._make_access_error(operation, records)
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
