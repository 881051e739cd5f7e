from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .. import home
from ..arguments import takes
from ..tools import given

AGENT = "leads_agent.group_leads_agent"
MANAGER = "leads_agent.group_leads_manager"
HOLDERS = f"{AGENT},{MANAGER}"

# Groups with access that agents must not have.
EXCLUDED = (
    MANAGER,
    "sales_team.group_sale_salesman",
    "account.group_account_readonly",
    "account.group_account_invoice",
    "account.group_account_basic",
    "base.group_partner_manager",
    "base.group_erp_manager",
    "base.group_system",
)


class ResGroups(models.Model):
    """Agents have rights of their own and no group of another sales or accounting app."""

    _inherit = "res.groups"

    @api.model
    def _leads_excluded_groups(self):
        """Return the groups that an agent may not have: the excluded ones and all that imply one of them."""
        roots = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in EXCLUDED]
        # sudo: res.groups - implied groups, for a check that must not depend on the rights of the user
        return self.browse().sudo().union(*filter(None, roots)).all_implied_by_ids

    @api.constrains("implied_ids", "implied_by_ids", "user_ids")
    def _check_leads_exclusive(self):
        agent = self.env.ref(AGENT, raise_if_not_found=False)
        if not agent:
            return
        # sudo: res.users, res.groups - the check must find every user, regardless of who changes the group
        agent = agent.sudo()
        if agent in self._leads_excluded_groups():
            raise ValidationError(
                self.env._("The group %s cannot get rights of Sales, Invoicing, Contacts or Settings.", agent.full_name)
            )
        agent.with_context(active_test=False).all_user_ids._check_leads_exclusive()

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"}:
            # sudo: res.users - follows from the change of the group, which the caller was allowed to make
            Users = self.env["res.users"].sudo().with_context(active_test=False)
            roles = Domain("is_leads_agent", "=", True) | Domain("is_leads_manager", "=", True)
            home.remember(Users.search(roles | Domain("leads_home_id", "!=", False)))
            self.env["res.users"]._leads_release_orphans()
        return result
