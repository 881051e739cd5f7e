from odoo import models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..res_groups import AGENT, EXCLUDED, MANAGER


class ResUsers(models.Model):
    """What the role alone lets a user do, and what a group does that an agent may not have."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    def _leads_writes_customers_by_role(self):
        """Whether it is the role alone, and no group of Odoo or another app, that lets the user write contacts."""
        if not (self.has_group(AGENT) or self.has_group(MANAGER)):
            return False
        others = set(self.all_group_ids.ids).difference(self._leads_role_ids())
        # sudo: ir.model.access - whether there is a right at all
        return (
            not self.env["ir.model.access"]
            .sudo()
            .search_count(
                Domain("model_id.model", "=", "res.partner")
                & Domain("perm_write", "=", True)
                & (Domain("group_id", "=", False) | Domain("group_id", "in", others)),
                limit=1,
            )
        )

    def _leads_companies(self):
        """The companies whose settings count for the user: all, not only those switched on, and archived ones too.

        Archiving the company that locks must not open what it keeps shut.
        """
        # sudo: res.company - settings alone
        return self.sudo().with_context(active_test=False).company_ids

    @ormcache("self.id")
    def _leads_forced_groups(self):
        """Ids of the groups that the user has as an agent and may not have, however that came about."""
        groups = self.env["res.groups"]
        definitions = groups._get_group_definitions()
        held = frozenset(self._get_group_ids())
        if not self._is_leads_agent() or held.isdisjoint(definitions.get_id(xmlid) for xmlid in EXCLUDED):
            return frozenset()
        return held & frozenset(groups._leads_excluded_groups().ids)
