import logging
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ..res_groups import AGENT, EXCLUDED, MANAGER

_logger = logging.getLogger(__name__)


class Settings(NamedTuple):
    """What an agent sees: partial orders only, and assigned customers only."""

    partial_only: bool
    locked: bool


class ResUsers(models.Model):
    """What the role allows by itself, the effect of groups that agents may not have, and whom agents always see."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    leads_sight = fields.Json(
        compute="_compute_leads_sight",
        groups=fields.NO_ACCESS,
        help="Contacts that are always visible, and customers visible during the grace period, at a given "
        "time: {at, always, graced}.",
    )

    @api.depends("leads_assignment_ids.visible_until")
    def _compute_leads_sight(self):
        """Compute colleagues, own companies and customers within the grace, in one statement."""
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
        """Return the user's sight at this moment: the grace ends with time, without a write."""
        # sudo: res.partner, res.users - only IDs, which define whom the user may read
        self.env["res.partner"].sudo().flush_model(["partner_share"])
        user = self.sudo()
        # The field copies its value on each read.
        sight = user.leads_sight
        if sight["at"] == fields.Datetime.to_string(fields.Datetime.now()):
            return sight
        user.invalidate_recordset(["leads_sight"], flush=False)
        return user.leads_sight

    @api.model
    def _leads_forget_sight(self):
        """Forget the sight after a change in SQL, or for a new colleague."""
        self.invalidate_model(["leads_sight"], flush=False)

    def _leads_writes_customers_by_role(self):
        """Whether the user may write contacts only by the role, not by a group of Odoo or another app."""
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
        """Return what the user sees, by the settings of their companies.

        All companies of the user count, not only those switched on, and archived ones too: archiving the
        company with the lock must not widen access.
        """
        # sudo: res.company - settings alone
        companies = self.sudo().with_context(active_test=False).company_ids
        return Settings(
            partial_only=not all(companies.mapped("leads_agent_view_non_partial")),
            locked=any(companies.mapped("leads_agent_lock_assigned")),
        )

    @ormcache("self.id")
    def _leads_forced_groups(self):
        """Return the IDs of groups that the user has although agents may not, by any path."""
        groups = self.env["res.groups"]
        definitions = groups._get_group_definitions()
        held = frozenset(self._get_group_ids())
        if not self._is_leads_agent() or held.isdisjoint(definitions.get_id(xmlid) for xmlid in EXCLUDED):
            return frozenset()
        return held & frozenset(groups._leads_excluded_groups().ids)

    def _check_leads_manager(self):
        """Called on ``env.user``, which is always elevated, so ``env.su`` is no indication here.

        :raises AccessError: unless the user is a Leads Manager
        """
        if not self._is_leads_manager():
            raise AccessError(self.env._("Only Leads Managers can do this."))

    @property
    def leads_partial_only(self):
        """Setting: the agent sees partial orders only, unless every company of the agent allows more."""
        return self._leads_settings().partial_only

    @property
    def leads_locked(self):
        """Setting: the agent sees assigned customers only, as soon as one company of the agent says so."""
        return self._leads_settings().locked

    @property
    def leads_needs_sight(self):
        """Whether messages, activities, notifications and dialogs are read only while their document is in sight.

        This holds for agents, and for former agents without a right on orders: in Odoo, authors can read their messages
        for ever.
        """
        if self._is_leads_agent():
            return True
        if self.id == SUPERUSER_ID or self.share or self.env["sale.order"].with_user(self).has_access("read"):
            return False
        # sudo: leads.agent.assignment - whether the user ever held a lead
        return bool(self.env["leads.agent.assignment"].sudo().search_count([("agent_id", "=", self.id)], limit=1))

    @api.onchange("group_ids")
    def _onchange_group_ids_leads(self):
        """Remove the groups that an agent may not have when *Agent* is chosen on the form, with a warning."""
        if self.env.ref(AGENT) not in self._leads_all_groups():
            return None
        excluded = self.env["res.groups"]._leads_excluded_groups()
        conflicts = self.group_ids.filtered(lambda group: group._origin in excluded)
        if not conflicts:
            return None
        self.group_ids -= conflicts
        return {
            "warning": {
                "type": "notification",
                "title": self.env._("Leads Agent"),
                "message": self.env._(
                    "Leads Agents have a separate set of rights. These groups were removed: %s.",
                    ", ".join(conflicts._origin.mapped("full_name")),
                ),
            }
        }

    @api.constrains("group_ids")
    def _check_leads_exclusive(self):
        agent = self.env.ref(AGENT, raise_if_not_found=False)
        if not agent:
            return
        excluded = None
        for user in self:
            if agent not in user.all_group_ids:
                continue
            excluded = self.env["res.groups"]._leads_excluded_groups() if excluded is None else excluded
            if not (conflicts := user.all_group_ids & excluded):
                continue
            if not self.pool.ready:
                # A user with a forced group must not block an upgrade; the rules apply anyway.
                _logger.warning(
                    "Leads Agent %s has groups that agents may not have: %s",
                    user.login,
                    ", ".join(conflicts.mapped("full_name")),
                )
                continue
            raise ValidationError(
                self.env._(
                    "%(user)s cannot be a Leads Agent and belong to these groups: %(groups)s. Agents have "
                    "a separate set of rights. Remove the other groups first.",
                    user=user.name,
                    groups=", ".join(conflicts.mapped("full_name")),
                )
            )
