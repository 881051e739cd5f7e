from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from odoo.addons.leads_agent.fields import Link

from ..steps import Steps

KINDS = [
    ("exclusive", "Exclusive"),
    ("shark_tank", "Shark Tank"),
    ("catch_all", "Catch-All"),
    # Nobody was asked: who got the lead holds its customer, or was chosen by the catch-all.
    ("coalesced", "Repeat Lead"),
    ("assigned", "Assigned"),
]
STATES = [
    ("offered", "Offered"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("missed", "Missed"),
    ("requeued", "Missed, Asked Again"),
    ("ended", "Ended"),
    ("recalled", "Taken Back"),
]
# Values of leads are told in bands, so that an amount does not give a customer away.
BANDS = (500, 1_000, 5_000, 10_000, 50_000, 100_000)


class LeadsAgentOffer(models.Model):
    """A lead shown to one agent for a limited time, to accept or decline.

    Until it is accepted the agent sees what the offer says of the lead and nothing else: the lead itself is out of
    reach by access, not by a view. An offer past its deadline cannot be accepted, whether or not the job has run.
    """

    _name = "leads.agent.offer"
    _description = "Offer of a Lead"
    _order = "id desc"

    lead_id = Link(
        "crm.lead",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        groups="leads_agent.group_leads_manager",
    )
    routing_id = Link(
        "leads.agent.routing",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        groups="leads_agent.group_leads_manager",
    )
    agent_id = Link("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = Link("res.company", readonly=True)
    kind = fields.Selection(KINDS, default="exclusive", required=True, readonly=True)
    state = fields.Selection(STATES, default="offered", required=True, readonly=True)
    offered_at = fields.Datetime(string="Offered On", required=True, readonly=True)
    deadline = fields.Datetime(readonly=True, help="Until when the agent may answer. Empty: without end.")
    answered_at = fields.Datetime(string="Answered On", readonly=True)
    response_seconds = fields.Integer(
        string="Response Time (s)", compute="_compute_response_seconds", store=True, aggregator="avg"
    )
    decline_reason_id = Link("leads.agent.decline.reason", string="Reason", readonly=True, ondelete="restrict")
    decline_note = fields.Char(string="Note", readonly=True)
    is_live = fields.Boolean(compute="_compute_is_live", search="_search_is_live")
    is_mine = fields.Boolean(compute="_compute_is_mine")
    may_ask_again = fields.Boolean(compute="_compute_may_ask_again")
    has_terms = fields.Boolean(compute="_compute_has_terms", compute_sudo=True)
    # What may be told before acceptance
    tag_ids = fields.Many2many("leads.agent.tag", string="Tags", compute="_compute_told", compute_sudo=True)
    hint = fields.Char(compute="_compute_told", compute_sudo=True)
    city = fields.Char(compute="_compute_told", compute_sudo=True)
    value_band = fields.Char(string="Value", compute="_compute_told", compute_sudo=True)
    lead_since = fields.Datetime(compute="_compute_told", compute_sudo=True)
    # For reports. Where the lead is: stored, as Odoo does not ask for the groups of related fields when it groups.
    country_id = Link(
        related="lead_id.country_id", string="Country", store=True, groups="leads_agent.group_leads_manager"
    )
    region_id = Link(related="lead_id.state_id", string="Region", store=True, groups="leads_agent.group_leads_manager")
    accepted_count = fields.Integer(string="Accepted", compute="_compute_counts", store=True)
    declined_count = fields.Integer(string="Declined", compute="_compute_counts", store=True)
    missed_count = fields.Integer(string="Missed", compute="_compute_counts", store=True)

    _one_live = models.UniqueIndex(
        "(lead_id) WHERE kind = 'exclusive' AND state = 'offered'", "The lead is offered to somebody already."
    )
    _one_owner = models.UniqueIndex("(lead_id) WHERE state = 'accepted'", "Somebody has accepted the lead already.")
    _deadlines = models.Index("(deadline) WHERE state = 'offered' AND kind = 'exclusive'")
    _of_agent = models.Index("(agent_id, id DESC)")

    @api.depends("state", "deadline")
    def _compute_display_name(self):
        for offer in self:
            offer.display_name = self.env._("Offer %s", offer.id)

    @api.depends("offered_at", "answered_at")
    def _compute_response_seconds(self):
        for offer in self:
            answered = offer.answered_at and offer.offered_at
            offer.response_seconds = (offer.answered_at - offer.offered_at).total_seconds() if answered else 0

    @api.depends("state")
    def _compute_counts(self):
        for offer in self:
            offer.accepted_count = offer.state == "accepted"
            offer.declined_count = offer.state == "declined"
            offer.missed_count = offer.state in ("missed", "requeued")

    @api.depends("agent_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for offer in self:
            offer.is_mine = offer.agent_id == self.env.user

    @api.depends("state", "deadline")
    def _compute_is_live(self):
        for offer in self:
            offer.is_live = offer._is_live()

    def _search_is_live(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = Domain("state", "=", "offered") & (
            Domain("deadline", "=", False) | Domain("deadline", ">", fields.Datetime.now())
        )
        return live if True in value else ~live

    def _is_live(self):
        self.ensure_one()
        return self.state == "offered" and (not self.deadline or self.deadline > fields.Datetime.now())

    @api.depends("lead_id", "routing_id")
    def _compute_told(self):
        for offer in self:
            lead = offer.lead_id
            offer.tag_ids = offer.routing_id.tag_ids
            offer.hint = lead.leads_offer_hint
            offer.city = lead.city or lead.country_id.name
            offer.value_band = offer._band_sentence(lead)
            offer.lead_since = lead.create_date

    def _band_sentence(self, lead):
        value, currency = lead.expected_revenue, lead.company_currency
        if not value:
            return False
        below = [band for band in BANDS if band <= value]
        above = [band for band in BANDS if band > value]

        def amount(band):
            return format_amount(self.env, band, currency, trailing_zeroes=False)

        if not below:
            return self.env._("under %s", amount(above[0]))
        if not above:
            return self.env._("%s or more", amount(below[-1]))
        return self.env._("%(low)s to %(high)s", low=amount(below[-1]), high=amount(above[0]))

    # ------------------------------------------------------------------
    # Making offers
    # ------------------------------------------------------------------

    @api.model
    def _make(self, rows, company, until=None):
        """Offer leads, in sets. The only place where an offer begins.

        :param rows: ``(lead_id, agent_id, routing_id, kind)``, all of one kind
        :param until: the deadline; None: the time to answer of the company (none for the catch-all)
        """
        if not rows:
            return self.browse()
        kind = rows[0][3]
        now = fields.Datetime.now()
        deadlines = self._deadlines_of({row[1] for row in rows}, company) if kind == "exclusive" else {}
        due = [deadlines.get(row[1], until) for row in rows]
        leads = self.env["crm.lead"].browse(row[0] for row in rows)
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_offer (lead_id, agent_id, routing_id, kind, state, company_id, offered_at,
                       deadline, country_id, region_id, response_seconds, accepted_count, declined_count, missed_count,
                       create_uid, create_date, write_uid, write_date)
                SELECT t.lead_id, t.agent_id, t.routing_id, %(kind)s, 'offered', %(company)s, %(now)s, t.deadline,
                       t.country_id, t.region_id, NULL, 0, 0, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(leads)s::int[], %(agents)s::int[], %(routings)s::int[], %(due)s::timestamp[],
                              %(countries)s::int[], %(regions)s::int[])
                       AS t (lead_id, agent_id, routing_id, deadline, country_id, region_id)
             RETURNING id
                """,
                kind=kind,
                company=company.id,
                now=now,
                uid=self.env.uid,
                leads=list(leads._ids),
                agents=[row[1] for row in rows],
                routings=[row[2] for row in rows],
                due=due,
                countries=[lead.country_id.id or None for lead in leads],
                regions=[lead.state_id.id or None for lead in leads],
            )
        )
        offers = self.browse([row[0] for row in created])
        self.invalidate_model()
        until_of = {row[0]: deadline for row, deadline in zip(rows, due, strict=True)}
        leads = self.env["crm.lead"].browse(until_of)
        leads._leads_move("offered" if kind == "exclusive" else kind, until_of)
        if kind == "exclusive":
            self.env["leads.agent.profile"]._note_served([row[1] for row in rows])
        leads._leads_wake({now})
        offers._bus_changed()
        return offers

    @api.model
    def _deadlines_of(self, agent_ids, company):
        """:returns: ``{agent_id: moment}`` until when an offer made now may be answered"""
        now = fields.Datetime.now()
        minutes = timedelta(minutes=company.leads_offer_minutes)
        if not company.leads_offer_stop_clock:
            return dict.fromkeys(agent_ids, now + minutes)
        # sudo: res.users - the calling hours of agents
        agents = self.env["res.users"].sudo().browse(agent_ids)
        return {
            agent.id: (agent.leads_calendar_id and agent.leads_calendar_id._leads_after(now, minutes)) or now + minutes
            for agent in agents
        }

    @api.model
    def _insert_accepted(self, lead, agent, cause, routing_id):
        """An offer nobody had to answer: a repeat lead, or one that the catch-all assigned.

        :param str cause: ``coalesced`` or ``assigned``
        """
        now = fields.Datetime.now()
        # A lead has one accepted offer: one that was just recalled has to be so in the database, too.
        self.flush_model(["state"])
        return self.create(
            {
                "lead_id": lead.id,
                "agent_id": agent.id,
                "routing_id": routing_id,
                "company_id": lead._leads_company().id,
                "kind": cause,
                "state": "accepted",
                "offered_at": now,
                "answered_at": now,
            }
        )

    # ------------------------------------------------------------------
    # Ending offers
    # ------------------------------------------------------------------

    def _recall(self):
        """Take offers back: they count as not made."""
        if self:
            self.write({"state": "recalled", "answered_at": fields.Datetime.now()})
            self._bus_changed()

    def _may_be_answered(self):
        """Whether the agent may still accept it."""
        self.ensure_one()
        return self.agent_id._leads_may_accept(self.company_id, is_caught=self.kind == "catch_all")

    def _pass_on(self):
        """Take offers back from agents who are gone: the leads go on at once, and nobody loses points."""
        leads = self.lead_id
        leads._leads_take_turns()
        self.invalidate_recordset(["state"])
        self.filtered(lambda offer: offer.state == "offered")._recall()
        Steps(leads - leads._leads_open_offers().lead_id).go_on()

    def _end_shark_tank(self):
        """Whoever was in it had missed the lead before: no second miss, in points and in figures."""
        if self:
            self.write({"state": "ended"})
            self._bus_changed()

    @api.model
    def _expire_due(self, limit):
        """Turn offers past their deadline into missed ones, and offer the leads to the next.

        The leads take turns first, so an agent who accepts at this moment either was faster or is told.

        :returns: how many were due
        """
        now = fields.Datetime.now()
        due = self.search(
            [("state", "=", "offered"), ("kind", "=", "exclusive"), ("deadline", "<=", now)],
            order="deadline, id",
            limit=limit,
        )
        if not due:
            return 0
        leads = due.lead_id
        leads._leads_take_turns()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_offer SET state = 'missed', missed_count = 1, write_date = %s
                 WHERE id = ANY(%s) AND state = 'offered' RETURNING id
                """,
                now,
                list(due._ids),
            )
        )
        self.invalidate_model()
        missed = self.browse([row[0] for row in rows])
        self.env["leads.agent.score.entry"]._add("missed", missed)
        missed._bus_changed()
        Steps(missed.lead_id).go_on()
        return len(due)
