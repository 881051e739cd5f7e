from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext, is_html_empty

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from .. import words
from ..answering import Answering

KINDS = [
    ("exclusive", "Exclusive"),
    ("shark_tank", "Shark Tank"),
    ("catch_all", "Catch-All"),
    # Without asking: the agent holds the customer, or was chosen by a user of the catch-all.
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
# Maximum offers in the menu bar.
MOST_SHOWN = 100


class LeadsAgentOffer(models.Model):
    """A lead offered to one agent for a limited time, to accept or decline.

    Before accepting it, the agent sees only the fields of the offer: access rules, not views, keep the lead out of
    sight. An offer past its deadline cannot be accepted, whether or not the job has run.
    """

    _name = "leads.agent.offer"
    _description = "Lead Offer"
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
    deadline = fields.Datetime(readonly=True, help="The agent's deadline to answer. Leave empty for no deadline.")
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
    # Shown before acceptance
    tag_ids = fields.Many2many("leads.agent.tag", string="Tags", compute="_compute_shown", compute_sudo=True)
    hint = fields.Char(compute="_compute_shown", compute_sudo=True)
    city = fields.Char(compute="_compute_shown", compute_sudo=True)
    value_band = fields.Char(string="Value", compute="_compute_shown", compute_sudo=True)
    lead_since = fields.Datetime(compute="_compute_shown", compute_sudo=True)
    # For reports. Stored, because Odoo does not check the groups of non-stored related fields in groupings.
    country_id = Link(
        related="lead_id.country_id", string="Country", store=True, groups="leads_agent.group_leads_manager"
    )
    region_id = Link(related="lead_id.state_id", string="Region", store=True, groups="leads_agent.group_leads_manager")
    accepted_count = fields.Integer(string="Accepted", compute="_compute_counts", store=True)
    declined_count = fields.Integer(string="Declined", compute="_compute_counts", store=True)
    missed_count = fields.Integer(string="Missed", compute="_compute_counts", store=True)
    # Notifications
    told_at = fields.Datetime(string="Notified On", readonly=True, copy=False)
    copied_at = fields.Datetime(
        string="Copy Sent On",
        readonly=True,
        copy=False,
        help="When the agent was sent all details of the accepted lead.",
    )
    tell_error = fields.Text(
        string="Failed Notifications",
        readonly=True,
        copy=False,
        help="The notification that could not be sent to the agent, and the reason.",
    )

    _one_live = models.UniqueIndex(
        "(lead_id) WHERE kind = 'exclusive' AND state = 'offered'", "The lead is already being offered to somebody."
    )
    _one_owner = models.UniqueIndex("(lead_id) WHERE state = 'accepted'", "Somebody has already accepted the lead.")
    _deadlines = models.Index("(deadline) WHERE state = 'offered' AND kind = 'exclusive'")
    _of_agent = models.Index("(agent_id, id DESC)")
    _to_tell = models.Index("(id) WHERE told_at IS NULL AND state = 'offered'")
    _to_copy = models.Index("(answered_at) WHERE copied_at IS NULL AND state = 'accepted'")

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
    def _compute_shown(self):
        for offer in self:
            lead = offer.lead_id
            offer.tag_ids = offer.routing_id.tag_ids
            offer.hint = lead.leads_offer_hint
            offer.city = lead.city or lead.country_id.name
            offer.value_band = words.band(lead)
            offer.lead_since = lead.create_date

    def _terms(self):
        """Return the terms to agree to before accepting, or an empty text."""
        terms = self.company_id.leads_offer_terms
        return "" if is_html_empty(terms) else terms

    @api.depends("company_id")
    def _compute_has_terms(self):
        for offer in self:
            offer.has_terms = bool(offer._terms())

    def _compute_may_ask_again(self):
        for offer in self:
            # sudo: leads.agent.offer - the agent only learns whether the lead can still be asked for
            offer.may_ask_again = Answering(offer.sudo()).may_ask_again()

    # ------------------------------------------------------------------
    # Used by the routing
    # ------------------------------------------------------------------

    def _recall(self):
        """Take offers back, as if they had not been made."""
        if self:
            self.write({"state": "recalled", "answered_at": fields.Datetime.now()})
            self._bus_changed()

    def _bus_changed(self):
        """Notify the clients of the agents that their offers changed; the clients then read them again."""
        # sudo: leads.agent.offer, res.users - notifies the agents, regardless of the current user
        self.sudo().agent_id._bus_send("leads_agent_offer/changed", {})

    # ------------------------------------------------------------------
    # Actions of the agent
    # ------------------------------------------------------------------

    def _own(self):
        """Return the offer, elevated, if it belongs to the user.

        :raises AccessError: if it belongs to somebody else
        """
        self.ensure_one()
        self.check_access("read")
        if self.agent_id != self.env.user:
            raise AccessError(self.env._("This offer was made to somebody else."))
        # sudo: leads.agent.offer - the user's own offer: agents answer offers but have no write access
        return self.sudo()

    @takes(given.one, agreed=given.flag)
    def action_accept(self, agreed=False):
        """Accept the user's own offer: the lead is assigned at once.

        :param bool agreed: whether the user agrees to the terms of the company, if it has any
        :returns: an action that opens the lead
        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late, or the terms are not agreed to
        """
        return Answering(self._own()).accept(agreed=agreed)

    @takes(given.one)
    def action_ask_accept(self):
        """Open *Accept*, with the terms to agree to."""
        self.ensure_one()
        return self._form("leads.agent.accept", self.env._("Accept"))

    @takes(given.one, reason_id=given.optional(given.record_id), note=given.text)
    def action_decline(self, reason_id=False, note=""):
        """Decline the user's own offer: the lead goes to the next agent at once.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late
        """
        Answering(self._own()).decline(self.env["leads.agent.decline.reason"].browse(reason_id or []), note)

    @takes(given.one)
    def action_ask_decline(self):
        """Open *Decline*, with an optional reason."""
        self.ensure_one()
        return self._form("leads.agent.decline", self.env._("Decline"))

    @takes(given.one)
    def action_request_again(self):
        """*Give Me Another Chance*: get back in line for a missed lead.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when somebody has the lead, or there are no chances left
        """
        Answering(self._own()).request_again()

    @takes(given.one)
    def action_open(self):
        """Open an accepted lead. Raises AccessError for other users, UserError if it is not accepted."""
        return Answering(self._own()).open_lead()

    # ------------------------------------------------------------------
    # The catch-all
    # ------------------------------------------------------------------

    def _own_catch_all(self):
        """Return the catch-all offer, elevated, if it belongs to the user and is still live.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: if the offer is not for the catch-all, or when it is too late
        """
        offer = self._own()
        Answering(offer).check_caught()
        return offer

    @takes(given.one)
    def action_ask_assign(self):
        """Open *Assign to...*.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late
        """
        return self._own_catch_all()._form("leads.agent.offer.assign", self.env._("Assign To"))

    @takes(given.one)
    def action_ask_resubmit(self):
        """Open *Edit and Resubmit*.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late
        """
        return self._own_catch_all()._form("leads.agent.offer.resubmit", self.env._("Edit and Resubmit"))

    def _form(self, model, title):
        """Return an action that opens a form about this offer as a dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_offer_id": self.id},
        }

    @takes(given.one, agent_id=given.optional(given.record_id))
    def action_assign_to(self, agent_id):
        """Assign a lead of the catch-all to an agent, or to the holder of its customer.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late, the agent may not hold leads of the company, or users assign the lead to
            themselves although there are terms: they have to accept it
        """
        Answering(self._own()).assign_to(agent_id)

    @takes(given.one, name=given.text, description=given.text)
    def action_resubmit(self, name=False, description=False):
        """Route a lead of the catch-all again, with a new subject or text if given.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late
        """
        Answering(self._own()).resubmit(name, description)

    # ------------------------------------------------------------------
    # Texts of messages and pages
    # ------------------------------------------------------------------

    def _in_words_of_agent(self):
        """Return the offer, elevated, with its agent's user, language, time zone and company."""
        self.ensure_one()
        agent = self.agent_id
        # sudo: leads.agent.offer - the caller was authorised by the agent's link, or is the job
        offer = self.with_user(agent).sudo().with_context(lang=agent.lang, tz=agent.tz)
        return offer.with_company(offer.company_id) if offer.company_id in agent.company_ids else offer

    def _offer_url(self, answer=None):
        """Return the URL where the agent answers the offer: in Odoo, or on a page of another addon.

        :param answer: ``accept`` or ``decline``, preselected on such a page
        """
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/leads-offers/{self.id}"

    def _deadline_text(self):
        """Return the deadline in the agent's time zone, with the name of the zone."""
        zone = self.agent_id.tz or "UTC"
        return self.deadline and f"{format_datetime(self.env, self.deadline, tz=zone, dt_format='short')} ({zone})"

    def _seconds_left(self):
        """Return the seconds left to answer the offer, or None if it has no deadline."""
        self.ensure_one()
        return max(0, int((self.deadline - fields.Datetime.now()).total_seconds())) if self.deadline else None

    # Called by name from pages and mail templates, which users may have edited.

    def _lead_age_text(self):
        return words.lead_age(self)

    def _kind_text(self):
        return words.kind(self)

    def _subject_text(self):
        return words.subject(self)

    def _accepted_lead(self):
        """Return the lead with the rights of the offer's agent; empty before acceptance, or when it is out of sight."""
        self.ensure_one()
        return self._leads_in_sight(self.agent_id, [("id", "=", self.lead_id.id)] if self.state == "accepted" else None)

    def _accepted_text(self):
        """Return what the customer of an accepted lead wrote, as plain text."""
        return html2plaintext(self._accepted_lead().description or "").strip()

    @api.model
    def _leads_in_sight(self, agent, domain, **kwargs):
        """Return leads that an agent owns and may read in Odoo."""
        Lead = self.env["crm.lead"].with_user(agent).with_context(active_test=False, lang=agent.lang, tz=agent.tz)
        if domain is None or not agent.active or not Lead.has_access("read"):
            return Lead
        return Lead.search(Domain(domain) & Domain("user_id", "=", agent.id), **kwargs)

    # ------------------------------------------------------------------
    # The web client
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    @takes()
    def get_live_offers(self):
        """Return the user's own offers that wait for an answer, the most urgent first.

        :returns: list of dicts with ``id``, ``kind``, ``deadline`` (UTC, or False), ``seconds_left`` (or False),
            ``tags`` (each with ``name`` and ``color``), ``city``, ``value_band``, ``hint`` and ``has_terms`` (whether
            there are terms to agree to)
        """
        if not self.has_access("read"):
            return []
        offers = self.search(
            Domain("agent_id", "=", self.env.uid) & Domain("is_live", "=", True),
            order="deadline, id",
            limit=MOST_SHOWN,
        )
        # sudo: leads.agent.offer - the user's own offers, as searched above
        return words.live(offers.sudo())
