from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..arguments import takes
from ..tools import given

# Fields that Leads Managers set; mail aliases and fields of other apps are for Sales managers.
CALL_CENTER_FIELDS = frozenset(
    (
        "name",
        "active",
        "sequence",
        "user_id",
        "member_ids",
        "crm_team_member_ids",
        "company_id",
        "leads_disposition_ids",
    )
)


class CrmTeam(models.Model):
    """A call center is a sales team that calls."""

    _inherit = "crm.team"

    leads_disposition_ids = fields.Many2many(
        "leads.agent.disposition",
        "leads_agent_disposition_team_rel",
        "team_id",
        "disposition_id",
        string="Call Dispositions",
        help="The outcomes offered to agents of this call center, besides those for all call centers.",
    )

    def _leads_is_limited(self):
        """Whether the current user may only set up call centers, not sales teams."""
        user = self.env.user
        return not self.env.su and user._is_leads_manager() and not user.has_group("sales_team.group_sale_manager")

    @api.model
    def _leads_call_center_fields(self):
        """Return the fields of a call center that Leads Managers set. Hook for other addons."""
        return CALL_CENTER_FIELDS

    def _leads_check_call_center(self, vals):
        """:raises AccessError: when a Leads Manager sets more than a call center has, or another company"""
        for name in vals.keys() - self._leads_call_center_fields():
            label = self._fields[name]._description_string(self.env) if name in self._fields else name
            raise AccessError(self.env._("Leads Managers cannot set '%s' of a call center.", label))
        company_id = vals.get("company_id")
        if company_id and company_id not in self.env.user.company_ids.ids:
            raise AccessError(self.env._("You do not work in the company of this call center."))

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        if not self._leads_is_limited():
            return super().create(vals_list)
        self.check_access("create")
        for vals in vals_list:
            self._leads_check_call_center(vals)
        # sudo: crm.team - every value was checked; other apps add a mail alias of their own to a new team
        return super(CrmTeam, self.sudo()).create(vals_list).with_env(self.env)

    @takes(vals=given.values)
    def write(self, vals):
        if self._leads_is_limited():
            self._leads_check_call_center(vals)
        return super().write(vals)
