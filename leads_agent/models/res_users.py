import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import home
from ..arguments import takes
from ..fields import Rows
from ..tools import given, terms
from .res_groups import AGENT, MANAGER

_logger = logging.getLogger(__name__)

DASHBOARD = "leads_agent.action_dashboard"
AGENTS = "leads_agent.action_agents"
ROLE_FIELDS = frozenset(("active", "group_ids", "all_group_ids", "leads_may_hold", "role", "company_ids"))


class ResUsers(models.Model):
    """Leads Agents and Leads Managers.

    Who may hold leads: agents, and managers with *May hold leads*. When a user no longer may, by any path, their
    leads go back to the pool in the same transaction. At login, holders see the dashboard and managers their agents,
    unless they chose another home action.
    """

    _inherit = "res.users"

    is_leads_agent = fields.Boolean(
        string="Is a Leads Agent",
        compute="_compute_is_leads_agent",
        compute_sudo=True,
        search="_search_is_leads_agent",
    )
    is_leads_manager = fields.Boolean(
        string="Is a Leads Manager",
        compute="_compute_is_leads_agent",
        compute_sudo=True,
        search="_search_is_leads_manager",
    )
    leads_may_hold = fields.Boolean(
        string="May Hold Leads",
        help="A Leads Manager who also makes calls, can be assigned leads and uses the dashboard.",
    )
    can_hold_leads = fields.Boolean(
        string="Can Be Assigned Leads",
        compute="_compute_can_hold_leads",
        compute_sudo=True,
        search="_search_can_hold_leads",
    )
    leads_assignment_ids = Rows(
        "leads.agent.assignment", "agent_id", string="Assigned Leads", domain=[("state", "=", "active")]
    )
    leads_open_count = fields.Integer(string="Open Leads", compute="_compute_leads_figures")
    leads_oldest_at = fields.Datetime(string="Oldest Lead Since", compute="_compute_leads_figures")
    leads_sold_today = fields.Integer(string="Sold Today", compute="_compute_leads_figures")
    leads_door_count = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    leads_availability = fields.Selection(
        terms.AVAILABILITIES, string="Receives Leads", compute="_compute_leads_availability"
    )
    action_id = fields.Many2one(compute="_compute_action_id", store=True, readonly=False)
    leads_home_id = fields.Many2one(
        "ir.actions.actions",
        string="Home Action of the Role",
        groups=fields.NO_ACCESS,
        copy=False,
        help="The home action that the role gave last. A home action that differs from it is the user's own choice.",
    )

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    @api.depends("group_ids.all_implied_ids")
    def _compute_is_leads_agent(self):
        agent, manager = self._leads_role_ids()
        for user in self:
            groups = user._leads_all_groups().ids
            user.is_leads_agent = agent in groups
            user.is_leads_manager = manager in groups

    def _search_is_leads_agent(self, operator, value):
        return self._leads_search_role(AGENT, operator, value)

    def _search_is_leads_manager(self, operator, value):
        return self._leads_search_role(MANAGER, operator, value)

    def _leads_search_role(self, xmlid, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._leads_role_domain(xmlid)
        return domain if True in value else ~domain

    @api.depends("group_ids.all_implied_ids", "leads_may_hold", "active", "share")
    def _compute_can_hold_leads(self):
        agent, manager = self._leads_role_ids()
        for user in self:
            groups = user._leads_all_groups().ids
            user.can_hold_leads = (
                user.active and not user.share and (agent in groups or (user.leads_may_hold and manager in groups))
            )

    def _search_can_hold_leads(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = (
            Domain("active", "=", True)
            & Domain("share", "=", False)
            & (
                self._leads_role_domain(AGENT)
                | (Domain("leads_may_hold", "=", True) & self._leads_role_domain(MANAGER))
            )
        )
        return domain if True in value else ~domain

    @api.model
    def _leads_role_ids(self):
        """Return the IDs of the groups Agent and Manager, from a cache."""
        return [self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in (AGENT, MANAGER)]

    def _leads_all_groups(self):
        """Return all groups of the user, also while the user form is being edited."""
        return self.group_ids._origin.all_implied_ids

    @api.model
    def _leads_role_domain(self, xmlid):
        """Return the domain of users who have the group, directly or through another one."""
        # sudo: res.groups - agents and managers may not read groups, but may find colleagues by role
        group = self.env["res.groups"].sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid))
        return Domain("group_ids", "in", group.all_implied_by_ids.ids)

    def _is_leads_agent(self):
        """Whether the restrictions of agents apply, which they also do to an agent with a forced manager group."""
        return self.id != SUPERUSER_ID and self.has_group(AGENT)

    def _is_leads_manager(self):
        return self.has_group(MANAGER) and not self._is_leads_agent()

    def _check_may_hold_leads(self):
        """:raises UserError: with the reason why the user cannot be assigned leads"""
        # sudo: res.users - the reason is told whatever the caller may read of users
        user = self.sudo()
        try:
            reason = user._leads_unable_sentence() if len(user) == 1 else None
        except MissingError:
            reason = None
        if reason is None:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        if reason:
            raise UserError(reason)

    def _leads_unable(self):
        """Return which of these users cannot be assigned leads in the current company, and why.

        :returns: ``{user_id: sentence}``
        """
        # sudo: res.users - the reason is told whatever the caller may read of users
        return {user.id: sentence for user in self.sudo() if (sentence := user._leads_unable_sentence())}

    def _leads_unable_sentence(self):
        if not self.active:
            return self.env._("%s is archived and cannot be assigned leads.", self.name)
        if self.share:
            return self.env._("%s is a portal user and cannot be assigned leads.", self.name)
        if not self.can_hold_leads:
            return self.env._(
                "%s is not a Leads Agent. First set their access level to Leads Agent / Agent, or let the "
                "manager hold leads.",
                self.name,
            )
        if self.env.company not in self.company_ids:
            return self.env._(
                "%(user)s does not work in the company %(company)s.",
                user=self.name,
                company=self.env.company.name,
            )
        return ""

    def _leads_sight_sentences(self):
        """Return sentences on what the settings let this agent see."""
        sentences = []
        if self.leads_partial_only:
            sentences.append(self.env._("You see quotations only, not confirmed or cancelled orders."))
        else:
            sentences.append(self.env._("You also see confirmed and cancelled orders."))
        if self.leads_locked:
            sentences.append(self.env._("You see only the customers that are assigned to you."))
        return sentences

    def _leads_explain_empty_list(self, help_message):
        """Return the help of an empty list, with what the settings let agents see."""
        if not self._is_leads_agent():
            return help_message
        return Markup("%s<p>%s</p>") % (Markup(help_message or ""), " ".join(self._leads_sight_sentences()))

    # ------------------------------------------------------------------
    # Receiving leads. Hooks: without other addons, nobody is ever absent
    # ------------------------------------------------------------------

    def _leads_lock(self):
        """Serialize transactions that change what these users hold: Odoo retries the later one.

        Assigning counts their leads, and removing the role takes their leads back. Locks alone are not enough, as a
        transaction that began earlier does not see what another has committed since. So the rows are updated, always in
        the same order.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_users u SET leads_door_count = COALESCE(u.leads_door_count, 0) + 1
                      FROM (SELECT id FROM res_users WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) t
                     WHERE u.id = t.id
                    """,
                    list(self._ids),
                )
            )

    @api.depends("can_hold_leads")
    def _compute_leads_availability(self):
        holders = self.filtered("can_hold_leads")
        absences = holders._leads_absences()
        (self - holders).leads_availability = False
        for user in holders:
            user.leads_availability = absences.get(user.id) or "available"

    def _leads_absences(self):
        """Return who is absent now, and why, in a few queries for any number of users.

        :returns: ``{user_id: "off", "leave" or "hours"}``
        """
        return {}

    def _leads_on_leave(self):
        """Return the users who are on leave now."""
        return self.browse()

    # ------------------------------------------------------------------
    # Home action
    # ------------------------------------------------------------------

    @api.depends("group_ids", "leads_may_hold")
    def _compute_action_id(self):
        """Let the home action follow the role, until users choose another one."""
        for user in self:
            is_given = user.action_id.id == user.leads_home_id.id
            user.action_id = home.of_role(user) if is_given else user.action_id

    def _home_action(self):
        """Hook: return the IDs of candidates for the home action of a user, the best first."""
        holds = self.is_leads_agent or (self.is_leads_manager and self.leads_may_hold)
        xmlid = DASHBOARD if holds else AGENTS if self.is_leads_manager else None
        action_id = xmlid and self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        return [action_id] if action_id else []

    @takes(given.one, accepted=given.flag)
    def action_leads_home(self, accepted):
        """Accept or decline one's own home action, which is offered once.

        :param bool accepted: whether the page is opened at login from now on
        """
        if self != self.env.user:
            raise AccessError(self.env._("You can only choose your own home page."))
        if offered := home.offered(self):
            # sudo: res.users - the user's own home action
            self.sudo().write({"leads_home_id": offered.id, **({"action_id": offered.id} if accepted else {})})
        return True

    # ------------------------------------------------------------------
    # Getting and losing the role
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        users = super().create(vals_list)
        home.remember(users)
        return users

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if self and vals.keys() & ROLE_FIELDS:
            home.remember(self)
            self._leads_release_orphans()
        return result

    def _leads_release_orphans(self):
        """Take the leads back from users who may no longer hold any; an empty recordset means all users."""
        gone = self.filtered(lambda user: not user.can_hold_leads)
        gone._leads_lock()
        # sudo: leads.agent.assignment - follows from the change of the user, which the caller was allowed to make
        Assignment = self.env["leads.agent.assignment"].sudo()
        domain = Domain("state", "=", "active")
        if self:
            domain &= Domain("agent_id", "in", self.ids)
        for agent, assignments in Assignment._read_group(domain, ["agent_id"], ["id:recordset"]):
            if not agent.can_hold_leads:
                assignments._end("role_lost" if agent.active else "archived")
            elif foreign := assignments.filtered(lambda a, agent=agent: a.company_id not in agent.company_ids):
                foreign._end("role_lost")
        if gone:
            Assignment._end_grace(Domain("agent_id", "in", gone.ids))
            # sudo: res.users - follows from the loss of the role, regardless of the user who caused it
            gone.sudo()._on_leads_role_lost()

    def _on_leads_role_lost(self):
        """Hook: these users no longer hold leads. Elevated, once per operation."""

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lead_holder(self):
        # sudo: leads.agent.assignment - users who may delete users must learn of any assignment
        held = self.env["leads.agent.assignment"].sudo().search([("agent_id", "in", self.ids)], limit=1)
        if held:
            raise UserError(
                self.env._(
                    "%s has worked on leads, and the history refers to them. Archive the user instead.",
                    held.agent_id.name,
                )
            )

    # ------------------------------------------------------------------
    # Figures and actions
    # ------------------------------------------------------------------

    @api.depends("leads_assignment_ids")
    def _compute_leads_figures(self):
        Assignment = self.env["leads.agent.assignment"]
        if not Assignment.has_access("read"):
            self.leads_open_count = self.leads_sold_today = 0
            self.leads_oldest_at = False
            return
        opened = {
            agent: (count, oldest)
            for agent, count, oldest in Assignment._read_group(
                [("agent_id", "in", self.ids), ("state", "=", "active")], ["agent_id"], ["__count", "assigned_at:min"]
            )
        }
        sold = dict(
            Assignment._read_group(
                Domain("agent_id", "in", self.ids)
                & Domain("is_sale", "=", 1)
                & self.company_id._leads_since_midnight("ended_at"),
                ["agent_id"],
                ["__count"],
            )
        )
        for user in self:
            user.leads_open_count, user.leads_oldest_at = opened.get(user, (0, False))
            user.leads_sold_today = sold.get(user, 0)

    @takes(given.one)
    def action_assign_lead(self):
        """Open *Assign Lead* for this agent."""
        self.env.user._check_leads_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Lead"),
            "res_model": "leads.agent.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_agent_id": self.id if self.can_hold_leads else False},
        }

    @takes()
    def action_toggle_leads_may_hold(self):
        """Switch whether a manager may hold leads."""
        self.env.user._check_leads_manager()
        for user in self:
            if not user.has_group(MANAGER):
                raise UserError(self.env._("%s is not a Leads Manager. Agents can always hold leads.", user.name))
            # sudo: res.users - a Leads Manager has no Settings rights but decides who holds leads
            user.sudo().leads_may_hold = not user.leads_may_hold
        return True

    def _leads_dashboard_changed(self):
        """Refresh the dashboards of these users after this transaction, with one message without content each."""
        told = self.env.cr.precommit.data.setdefault("leads_agent.dashboard_changed", set())
        for user in self:
            if user.id not in told:
                told.add(user.id)
                # sudo: res.users - the channel of the holder, regardless of the user who caused the change
                user.sudo()._bus_send("leads_agent/changed", {})
