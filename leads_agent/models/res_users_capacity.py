from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..arguments import takes
from ..fields import Bounded
from ..tools import given, limits, terms


class ResUsers(models.Model):
    """How much an agent may have, and whether the agent is there.

    An agent is there when the agent's switch is on, the working hours include this moment and no leave does. Leads that
    machines give out (distribution, rules) go to those who are there and have room; a person may give leads to an agent
    who is away, and reads that in the answer.
    """

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    leads_available = fields.Boolean(
        string="Available for New Leads",
        default=True,
        copy=False,
        help="The agent's own switch. Off: distribution and scheduled rules pass the agent by, without making up for "
        "it later. A manager can still assign leads by hand.",
    )
    leads_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Calling Hours",
        ondelete="restrict",
        copy=False,
        help="Outside these hours, on its public holidays and on the agent's own leave, distribution and scheduled "
        "rules pass the agent by. Empty: at any hour.",
    )
    leads_max_open = Bounded(
        string="Most Open Leads",
        most=limits.MOST_LEADS,
        copy=False,
        help="The most leads this agent may hold at a time, instead of the company's number. 0: the company's number.",
    )
    leads_max_per_day = Bounded(
        string="Most New Leads a Day",
        most=limits.MOST_LEADS,
        copy=False,
        help="The most leads given to this agent between two midnights of the agent's time zone, instead of the "
        "company's number. What agents enter themselves does not count. 0: the company's number.",
    )
    leads_weight = Bounded(
        string="Share of New Leads",
        least=1,
        most=limits.MOST_WEIGHT,
        default=1,
        copy=False,
        help="Where leads are shared out by weight, an agent with 2 gets twice as many as one with 1.",
    )
    leads_door_count = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    leads_availability = fields.Selection(
        terms.AVAILABILITIES, string="Receives Leads", compute="_compute_leads_availability"
    )
    leads_capacity = fields.Char(string="Open Leads of at Most", compute="_compute_leads_availability")

    # ------------------------------------------------------------------
    # At the door
    # ------------------------------------------------------------------

    def _leads_take_turns(self):
        """Of two transactions that decide what these users hold, the later one fails and is retried by Odoo.

        Whoever gives them leads counts what they have, and whoever takes the role away takes back what they have. Locks
        alone would not do: a transaction that began earlier does not see what another has committed since. So the rows
        are changed, always in the same order.
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

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _leads_caps(self):
        """The caps of the agents: their own, or the strictest of all their companies.

        :returns: ``{user_id: (most open leads, most new leads a day)}``; None: no cap
        """
        # sudo: res.users, res.company - limits of an agent, whoever gives the lead
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
        holders = self.filtered("can_hold_leads")
        absences = holders._leads_absences()
        # sudo: leads.agent.assignment - a figure of a colleague, as on the card
        loads = self.env["leads.agent.assignment"].sudo()._agent_loads(holders._origin)
        (self - holders).leads_availability = False
        (self - holders).leads_capacity = False
        for user in holders:
            load = loads.get(user._origin.id)
            user.leads_availability = absences.get(user.id) or ("full" if load and load.room == 0 else "available")
            user.leads_capacity = load and load.most_open and f"{load.open_leads} / {load.most_open}"

    # ------------------------------------------------------------------
    # Availability
    # ------------------------------------------------------------------

    def _leads_available(self):
        """Those who may receive leads now: they may hold any, are there, and have room."""
        holders = self.filtered("can_hold_leads")
        absences = holders._leads_absences()
        there = holders.filtered(lambda user: user.id not in absences)
        rooms = self.env["leads.agent.assignment"]._agent_rooms(there)
        return there.filtered(lambda user: rooms[user.id] != 0)

    def _leads_absences(self):
        """Who is not there now, and why, in a few queries for any number of users.

        :returns: ``{user_id: "off", "leave" or "hours"}``
        """
        if not self:
            return {}
        # sudo: res.users, resource.calendar - whether a colleague is there, and no more of it
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
        """Users whose own leave, or a public holiday of their calendar or company, covers this moment."""
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
        """Switch the availability for new leads: one's own, or as a manager anybody's.

        :param available: what it shall be; None: the opposite of what it is
        :returns: whether the first of the users is available now
        :raises AccessError: for somebody else's switch
        :raises UserError: for somebody who holds no leads
        """
        if self != self.env.user and not self.env.su:
            self.env.user._check_leads_manager()
        if not self:
            raise UserError(self.env._("Choose the agent whose availability changes."))
        # sudo: res.users - agents switch themselves, managers anybody: checked above
        for user in self.sudo():
            if not user.can_hold_leads:
                raise UserError(self.env._("%s holds no leads, so there is nothing to switch.", user.name))
            user.leads_available = not user.leads_available if available is None else bool(available)
        self._leads_dashboard_changed()
        # sudo: res.users - the switch that the user has just set
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
