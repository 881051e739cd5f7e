from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache


class IrRule(models.Model):
    """Rules for agents that a record rule cannot express.

    Odoo lets everybody read the dialogs that others have open, with the customers, orders and texts in them. In debug
    mode it shows the names of refused records. And groups that agents may not have give them no
    access.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        if not self.env.su and self._leads_is_opened_by_force(model_name, mode):
            return Domain.FALSE
        domain = super()._compute_domain(model_name, mode)
        if not self.env.su and self.env[model_name].is_transient() and self.env.user.leads_needs_sight:
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain

    @ormcache("self.env.uid", "model_name", "mode")
    def _leads_is_opened_by_force(self, model_name, mode):
        """Whether the user is an agent and has the right only by a group that agents may not have."""
        forced = self.env.user._leads_forced_groups()
        if not forced:
            return False
        others = set(self.env.user._get_group_ids()) - forced
        # sudo: ir.model.access - whether there is a right at all
        return (
            not self.env["ir.model.access"]
            .sudo()
            .search_count(
                Domain("model_id.model", "=", model_name)
                & Domain(f"perm_{mode}", "=", True)
                & (Domain("group_id", "=", False) | Domain("group_id", "in", others)),
                limit=1,
            )
        )

    def _make_access_error(self, operation, records):
        if not self.env.user._is_leads_agent():
            return super()._make_access_error(operation, records)
        # sudo: ir.model - the name of a model is no secret
        description = self.env["ir.model"].sudo()._get(records._name).name or records._name
        return AccessError(
            self.env._(
                "You are not allowed to access this %(document)s (operation: %(operation)s). It may belong "
                "to another agent, or be outside what Leads Agents may see.",
                document=description,
                operation=operation,
            )
        )
