from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ..res_groups import AGENT, EXCLUDED, MANAGER


class Settings(NamedTuple):
    """What an agent sees: partial orders only, and assigned customers only."""

    partial_only: bool
    locked: bool


class ResUsers(models.Model):
    """What the role alone lets a user do, what a group does that an agent may not have, and whom agents always see."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    leads_sight = fields.Json(
        compute="_compute_leads_sight",
        groups=fields.NO_ACCESS,
        help="Contacts always in sight, and customers within the grace, at a moment: {at, always, graced}.",
    )

    @api.depends("leads_assignment_ids.visible_until")
    def _compute_leads_sight(self):
        """Colleagues, own companies and customers within the grace, by one statement."""
        self.env["res.company"].flush_model(["partner_id"])
        self.env["leads.agent.assignment"].flush_model(["agent_id", "partner_id", "visible_until"])
        now = fields.Datetime.now()
        for user in self:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id, NULL::integer FROM res_partner WHERE partner_share IS NOT TRUE
                     UNION ALL
                    SELECT partner_id, NULL FROM res_company
                     UNION ALL
                    SELECT NULL, partner_id FROM leads_agent_assignment WHERE agent_id = %s AND visible_until > %s
                    """,
                    user.id,
                    now,
                )
            )
            always, graced = (sorted({row[column] for row in rows} - {None}) for column in (0, 1))
            user.leads_sight = {"at": fields.Datetime.to_string(now), "always": always, "graced": graced}

    def _leads_sight_now(self):
        """The sight of this user at this second: the grace ends by the clock, without anything being written."""
        # sudo: res.partner, res.users - ids alone, of whom the user may read by what is asked
        self.env["res.partner"].sudo().flush_model(["partner_share"])
        user = self.sudo()
        # The field copies its value each time that it is read.
        sight = user.leads_sight
        if sight["at"] == fields.Datetime.to_string(fields.Datetime.now()):
            return sight
        user.invalidate_recordset(["leads_sight"], flush=False)
        return user.leads_sight

    @api.model
    def _leads_forget_sight(self):
        """What is in sight has changed by a statement past the ORM, or by a new colleague."""
        self.invalidate_model(["leads_sight"], flush=False)

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

    @ormcache("self.id")
    def _leads_settings(self):
        """What the user sees, by the settings of their companies.

        The settings of all companies of the user count, not only of those switched on, and of archived ones too:
        archiving the company that locks must not open what it keeps shut.
        """
        # sudo: res.company - settings alone
        companies = self.sudo().with_context(active_test=False).company_ids
        return Settings(
            partial_only=not all(companies.mapped("leads_agent_view_non_partial")),
            locked=any(companies.mapped("leads_agent_lock_assigned")),
        )

    @ormcache("self.id")
    def _leads_forced_groups(self):
        """Ids of the groups that the user has as an agent and may not have, however that came about."""
        groups = self.env["res.groups"]
        definitions = groups._get_group_definitions()
        held = frozenset(self._get_group_ids())
        if not self._is_leads_agent() or held.isdisjoint(definitions.get_id(xmlid) for xmlid in EXCLUDED):
            return frozenset()
        return held & frozenset(groups._leads_excluded_groups().ids)
