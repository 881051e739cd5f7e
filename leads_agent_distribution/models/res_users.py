from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.limits import MOST_LEADS

from ..tools import limits


class ResUsers(models.Model):
    """How many leads an agent may have, and whether the agent is available.

    An agent is available while the agent's switch is on, during working hours and outside leave. Automatic assignment
    (distribution, rules) only uses agents who are available and have room; a user may assign leads to an agent who is
    away, and is informed of the absence.
    """

    _inherit = "res.users"

    leads_available = fields.Boolean(
        string="Available for New Leads",
        default=True,
        copy=False,
        help="The agent's own switch. Off: distribution and scheduled rules skip the agent, without making "
        "up for it later. A manager can still assign leads manually.",
    )
    leads_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Calling Hours",
        ondelete="restrict",
        copy=False,
        help="Outside these hours, on public holidays and during the agent's time off, distribution and "
        "scheduled rules skip the agent. Leave empty for no restriction.",
    )
    leads_max_open = Bounded(
        string="Maximum Open Leads",
        most=MOST_LEADS,
        copy=False,
        help="The maximum number of leads this agent can hold at a time. 0: use the company's limit.",
    )
    leads_max_per_day = Bounded(
        string="Maximum New Leads per Day",
        most=MOST_LEADS,
        copy=False,
        help="The maximum number of leads assigned to this agent per calendar day, in the agent's time "
        "zone. Leads that agents enter themselves do not count. 0: use the company's limit.",
    )
    leads_weight = Bounded(
        string="Share of New Leads",
        least=1,
        most=limits.MOST_WEIGHT,
        default=1,
        copy=False,
        help="When leads are shared by weight, an agent with 2 gets twice as many as one with 1.",
    )
    leads_capacity = fields.Char(string="Open Leads of at Most", compute="_compute_leads_availability")

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _leads_caps(self):
        """Return the caps of the agents: their own, or the strictest of all their companies.

        :returns: ``{user_id: (maximum open leads, maximum new leads a day)}``; None: no cap
        """
        # sudo: res.users, res.company - limits of an agent, whoever assigns the lead
        users = self.sudo()
        return {
            user.id: (
                user.leads_max_open or limits.stricter(user.company_ids.mapped("leads_agent_max_open")),
                user.leads_max_per_day or limits.stricter(user.company_ids.mapped("leads_agent_max_per_day")),
            )
            for user in users
        }

    @api.depends("leads_available", "leads_calendar_id", "leads_max_open", "leads_max_per_day", "leads_assignment_ids")
    def _compute_leads_availability(self):
        result = super()._compute_leads_availability()
        holders = self.filtered("can_hold_leads")
        # sudo: leads.agent.assignment - a colleague's figure, also shown on the card
        loads = self.env["leads.agent.assignment"].sudo()._agent_loads(holders._origin)
        (self - holders).leads_capacity = False
        for user in holders:
            load = loads.get(user._origin.id)
            if user.leads_availability == "available" and load and load.room == 0:
                user.leads_availability = "full"
            user.leads_capacity = load and load.most_open and f"{load.open_leads} / {load.most_open}"
        return result

    # ------------------------------------------------------------------
    # Availability
    # ------------------------------------------------------------------

    def _leads_available(self):
        """Return the users who may receive leads now: they may hold leads, are available and have room."""
        holders = self.filtered("can_hold_leads")
        absences = holders._leads_absences()
        there = holders.filtered(lambda user: user.id not in absences)
        rooms = self.env["leads.agent.assignment"]._agent_rooms(there)
        return there.filtered(lambda user: rooms[user.id] != 0)

    def _leads_absences(self):
        if not self:
            return {}
        # sudo: res.users, resource.calendar - only whether a colleague is available
        users = self.sudo()
        absences = {user.id: "off" for user in users if not user.leads_available}
        on_leave = users._leads_on_leave()
        at_work = {calendar: calendar._leads_is_working_time() for calendar in users.leads_calendar_id}
        for user in users:
            if user in on_leave:
                absences.setdefault(user.id, "leave")
            elif not at_work.get(user.leads_calendar_id, True):
                absences.setdefault(user.id, "hours")
        return absences

    def _leads_on_leave(self):
        """Return users who are on leave now: their own, or a public holiday of their calendar or company."""
        now = fields.Datetime.now()
        holiday = Domain("resource_id", "=", False) & (
            Domain("calendar_id", "in", self.leads_calendar_id.ids)
            | (Domain("calendar_id", "=", False) & Domain("company_id", "in", self.company_id.ids))
        )
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("time_type", "=", "leave")
            & Domain("date_from", "<=", now)
            & Domain("date_to", ">", now)
            & (Domain("resource_id.user_id", "in", self.ids) | holiday)
        )
        if not leaves:
            return self.browse()
        own, holidays = leaves.resource_id.user_id, leaves.filtered(lambda leave: not leave.resource_id)
        closed, companies = holidays.calendar_id, holidays.filtered(lambda leave: not leave.calendar_id).company_id
        return self.filtered(
            lambda user: (
                user in own
                or user.leads_calendar_id in closed
                or (user.leads_calendar_id and user.company_id in companies)
            )
        )

    @takes(available=given.optional(given.flag))
    def action_toggle_leads_available(self, available=None):
        """Switch the availability for new leads: one's own, or as a manager that of any agent.

        :param available: the new value; None: the opposite of the current value
        :returns: whether the first of the users is available now
        :raises AccessError: when an agent switches another user
        :raises UserError: when the user cannot hold leads
        """
        if self != self.env.user and not self.env.su:
            self.env.user._check_leads_manager()
        if not self:
            raise UserError(self.env._("Choose the agent whose availability changes."))
        # sudo: res.users - agents may switch themselves, managers anybody: checked above
        for user in self.sudo():
            if not user.can_hold_leads:
                raise UserError(
                    self.env._("%s does not hold leads, so new leads cannot be switched on or off.", user.name)
                )
            user.leads_available = not user.leads_available if available is None else bool(available)
        self._leads_dashboard_changed()
        # sudo: res.users - the value that the user has just set
        return self[:1].sudo().leads_available

    @takes(given.one)
    def action_leads_capacity(self):
        """Open the form with the limits and calling hours of an agent."""
        self.env.user._check_leads_manager()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Limits and Calling Hours"),
            "res_model": "leads.agent.capacity",
            "view_mode": "form",
            "target": "new",
            "context": {"default_agent_id": self.id},
        }

    # ------------------------------------------------------------------
    # Hand over
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_leads_hand_over(self):
        """Open *Hand Over* for this agent.

        :raises AccessError: when the user is not a Leads Manager
        """
        self.env.user._check_leads_manager()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "leads.agent.hand.over",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_agent_id": self.id},
        }

    @takes()
    def action_archive(self):
        """Open *Hand Over* first for agents in the list who still hold leads; that form also archives."""
        # The context opens the form; without it, the leads of an archived user become unassigned.
        if not self.env.context.get("leads_hand_over") or not self.env.user._is_leads_manager():
            return super().action_archive()
        holders = self.filtered("leads_open_count")
        if not holders:
            return super().action_archive()
        if len(self) > 1:
            raise UserError(self.env._("%s still holds leads. Archive agents one by one.", holders[0].name))
        action = self.action_leads_hand_over()
        return action | {"context": action["context"] | {"default_archive": True}}
