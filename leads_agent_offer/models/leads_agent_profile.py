from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.tools import given

from ..tools import ranking

PERIODS = [("day", "Day"), ("week", "Week"), ("month", "Month")]
MOST_PECKING = 100_000
# Fields that agents may set for themselves.
OWN_FIELDS = ("by_app", "by_email", "by_sms", "forward_email")


class LeadsAgentProfile(models.Model):
    """The settings of an agent for routing and notifications."""

    _name = "leads.agent.profile"
    _description = "Agent Routing Profile"
    _rec_name = "user_id"
    _order = "pecking_order desc, id"

    user_id = Link(
        "res.users", string="Agent", required=True, ondelete="cascade", domain=[("can_hold_leads", "=", True)]
    )
    active = fields.Boolean(default=True, help="If off, the agent is not offered any leads.")
    pecking_order = fields.Integer(
        help="Added to every score of the agent. Agents with a higher score are offered leads earlier. "
        "Negative numbers lower the score."
    )
    pecking_ids = fields.One2many("leads.agent.pecking", "profile_id", string="Pecking Order by Tag")
    skill_ids = fields.One2many("leads.agent.skill", "profile_id", string="Tags")
    name_is_tag = fields.Boolean(
        string="Use Name as a Tag",
        help="If a lead mentions the agent's name, this counts as a tag that only this agent has.",
    )
    cap = Bounded(
        string="Maximum Leads",
        most=100_000,
        help="The maximum number of accepted and offered leads in the period. 0: no limit.",
    )
    cap_period = fields.Selection(PERIODS, default="day", required=True)
    by_app = fields.Boolean(string="In Odoo", default=True)
    by_email = fields.Boolean(default=True)
    by_sms = fields.Boolean(string="By Text Message")
    forward_email = fields.Char(string="Copy To", help="Accepted leads are also sent to this address.")
    served_nr = fields.Integer(
        string="Last Served No.",
        readonly=True,
        copy=False,
        help="The lower the number, the longer ago the agent was last offered a lead.",
    )
    score = fields.Integer(string="Performance", compute="_compute_score")
    accepted_count = fields.Integer(string="Accepted", compute="_compute_counts")
    live_count = fields.Integer(string="Offered Now", compute="_compute_counts")

    _one_per_user = models.Constraint("UNIQUE (user_id)", "This agent already has a routing profile.")

    @api.constrains("user_id")
    def _check_user(self):
        for profile in self:
            # sudo: res.users - only whether the agent may hold leads
            if not profile.user_id.sudo().can_hold_leads:
                raise ValidationError(self.env._("%s holds no leads: choose a Leads Agent.", profile.user_id.name))

    @api.constrains("pecking_order")
    def _check_pecking(self):
        if any(abs(profile.pecking_order) > MOST_PECKING for profile in self):
            raise ValidationError(
                self.env._(
                    "The pecking order must be a number from %(least)s to %(most)s.",
                    least=-MOST_PECKING,
                    most=MOST_PECKING,
                )
            )

    def _compute_score(self):
        scores = self.env["leads.agent.score.entry"]._scores(self.user_id)
        for profile in self:
            profile.score = scores[profile.user_id.id]

    def _compute_counts(self):
        # sudo: leads.agent.offer - figures of agents whom the user may read
        groups = (
            self.env["leads.agent.offer"]
            .sudo()
            ._read_group(
                [("agent_id", "in", self.user_id.ids), ("state", "in", ("accepted", "offered"))],
                ["agent_id", "state"],
                ["__count"],
            )
        )
        counts = {(agent.id, state): count for agent, state, count in groups}
        for profile in self:
            profile.accepted_count = counts.get((profile.user_id.id, "accepted"), 0)
            profile.live_count = counts.get((profile.user_id.id, "offered"), 0)

    @api.model
    def _of(self, users):
        """Return ``{user_id: profile}`` for the users that have a profile."""
        # sudo: leads.agent.profile - how users want to be notified
        return {profile.user_id.id: profile for profile in self.sudo().search([("user_id", "in", users.ids)])}

    @takes(given.one, forward_email=given.text, by_app=given.flag, by_email=given.flag, by_sms=given.flag)
    def set_preferences(self, **values):
        """Change the notification preferences of the user, or as a manager those of any agent.

        :param values: any of ``by_app``, ``by_email``, ``by_sms`` and ``forward_email``
        :raises AccessError: if the profile belongs to somebody else and the user is not a Leads Manager
        :raises UserError: if no channel is left, or for any other field
        """
        self.ensure_one()
        if self.user_id != self.env.user and not self.env.user._is_leads_manager():
            raise AccessError(self.env._("You can change your own preferences only."))
        if unknown := values.keys() - set(OWN_FIELDS):
            raise UserError(self.env._("'%s' is not a preference.", min(unknown)))
        # sudo: leads.agent.profile - only the preferences checked above
        profile = self.sudo()
        profile.write(values)
        if not (profile.by_app or profile.by_email or profile.by_sms):
            raise UserError(self.env._("Choose at least one way to be notified of offers."))

    # ------------------------------------------------------------------
    # Input of the ranking
    # ------------------------------------------------------------------

    @api.model
    def _roster(self, company, team=None):
        """Return all agents who could be offered leads of a company, and why they cannot take one now.

        :param team: call center; if it has members, only these are on the roster
        :returns: list of :class:`ranking.Agent`, ordered by user ID
        """
        # sudo: leads.agent.profile, res.users - routing considers every agent, regardless of the current user
        profiles = self.sudo().search([("user_id.active", "=", True), ("user_id.company_ids", "in", company.ids)])
        if team and team.sudo().member_ids:
            profiles = profiles.filtered(lambda profile: profile.user_id in team.sudo().member_ids)
        users = profiles.user_id
        absences = users._leads_absences()
        rooms = self.env["leads.agent.assignment"]._agent_rooms(users)
        caps = profiles._rooms()
        scores = self.env["leads.agent.score.entry"]._scores(users)
        agents = []
        for profile in profiles.sorted("user_id"):
            user = profile.user_id
            room = [number for number in (rooms.get(user.id), caps.get(profile.id)) if number is not None]
            barred = ("role",) if not user.can_hold_leads else ()
            if absence := absences.get(user.id):
                barred += (absence,)
            agents.append(
                ranking.Agent(
                    id=user.id,
                    weights={skill.tag_id.id: skill.weight for skill in profile.skill_ids}
                    | ({-profile.id: ranking.DEFAULT_WEIGHT} if profile.name_is_tag else {}),
                    pecking=profile.pecking_order,
                    pecking_if={pecking.tag_id.id: pecking.number for pecking in profile.pecking_ids},
                    performance=scores[user.id],
                    last_served=profile.served_nr,
                    barred=barred,
                    room=min(room) if room else None,
                    name=user.name,
                )
            )
        return agents

    def _rooms(self):
        """Return ``{profile_id: leads left in the period}`` for profiles with a cap; one query."""
        capped = self.filtered("cap")
        if not capped:
            return {}
        self.env["leads.agent.offer"].flush_model(["agent_id", "state", "answered_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, (SELECT count(*) FROM leads_agent_offer o
                               WHERE o.agent_id = t.agent_id AND ((o.state = 'accepted' AND o.answered_at >= t.since)
                                  OR (o.state = 'offered' AND o.kind = 'exclusive')))
                  FROM unnest(%s::int[], %s::int[], %s::timestamp[]) AS t (id, agent_id, since)
                """,
                capped.ids,
                capped.user_id.ids,
                [profile._period_start() for profile in capped],
            )
        )
        return {nr: max(0, self.browse(nr).cap - count) for nr, count in rows}

    def _period_start(self):
        """Return when the period of the cap began in the agent's time zone, in UTC."""
        zone = pytz.timezone(self.user_id.tz or "UTC")
        day = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        if self.cap_period == "week":
            day -= timedelta(days=day.weekday())
        elif self.cap_period == "month":
            day = day.replace(day=1)
        return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _note_served(self, agent_ids):
        """Record who was served, in this order. If two transactions serve the same agent, Odoo retries one."""
        if not agent_ids:
            return
        self.flush_model(["served_nr"])
        last = {agent_id: nr for nr, agent_id in enumerate(agent_ids, start=1)}
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_profile p SET served_nr = m.most + t.nr
                  FROM unnest(%s::int[], %s::int[]) AS t (user_id, nr),
                       (SELECT COALESCE(max(served_nr), 0) AS most FROM leads_agent_profile) m
                 WHERE p.user_id = t.user_id
                """,
                list(last),
                list(last.values()),
            )
        )
        self.invalidate_model(["served_nr"])

    @api.model
    @takes()
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for agents and their tags"),
                "template": "/leads_agent_offer/static/csv/agents.csv",
            }
        ]

    @takes(given.one)
    def action_score_entries(self):
        """Open the points of the agent with their causes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Points of %s", self.user_id.name),
            "res_model": "leads.agent.score.entry",
            "view_mode": "list,pivot,graph",
            "domain": list(Domain("agent_id", "=", self.user_id.id)),
        }
