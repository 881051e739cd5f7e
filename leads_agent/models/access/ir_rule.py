from odoo import models
from odoo.fields import Domain
from odoo.tools import ormcache


class IrRule(models.Model):
    """Groups that agents may not have open nothing to them."""

    _inherit = "ir.rule"  # pylint: disable=consider-merging-classes-inherited

    def _compute_domain(self, model_name, mode="read"):
        if not self.env.su and self._leads_is_opened_by_force(model_name, mode):
            return Domain.FALSE
        return super()._compute_domain(model_name, mode)

    @ormcache("self.env.uid", "model_name", "mode")
    def _leads_is_opened_by_force(self, model_name, mode):
        """Whether the user is an agent and has the right by a group alone that agents may not have."""
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
