from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, clean_context

from odoo.addons.leads_agent.assigning import Assigning, Request, Terms

from ..routing import Routing
from ..tools import queueing

CHUNK = 500
# Chunks that somebody else's answer came before, one after the other; what is left waits for the next run.
MOST_ATTEMPTS = 5
FEEDBACK_DAYS = (1, 7, 21)
# When to look again for somebody who is there.
LOOK_AGAIN = timedelta(minutes=5)
# When to ask again whether a customer who may be given to nobody still may not.
LOOK_AGAIN_AT_REFUSED = timedelta(days=1)


class History(NamedTuple):
    """What happened to a lead since it was routed anew.

    :param routing_id: the newest routing; None: there was none
    :param ranked: ids of the agents who qualified then, the best first
    :param offers: those to one agent at a time, as :mod:`queueing` knows them
    :param caught_by: ids of the users of the catch-all who declined
    :param had_shark_tank: there was a shark tank, and it is over
    """

    routing_id: int | None
    ranked: list[int]
    offers: list[queueing.Offered]
    caught_by: frozenset[int]
    had_shark_tank: bool


class CrmLead(models.Model):
    """What happens next to leads that are offered: the next agent, the shark tank, the catch-all."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    def _leads_continue(self, *, is_fresh=False):
        """Take the next step with each of the leads. Whoever calls this has taken their turns.

        :param bool is_fresh: who qualifies was asked a moment ago
        """
        welcome = self._leads_ask_for_customer()
        histories = welcome._leads_histories() if welcome else {}
        for company, leads in welcome.grouped(lambda lead: lead._leads_company()).items():
            rosters = leads._leads_rosters(company)
            steps = leads._leads_next_steps(company, rosters, histories)
            stuck = leads.browse(
                [lead.id for lead, step in steps.items() if not is_fresh and not isinstance(step, queueing.Offer)]
            )
            fresh = leads.browse()
            for team, group in stuck.grouped("team_id").items():
                fresh += Routing(group).ask_again(company, rosters[team], histories)
            if fresh:
                histories |= fresh._leads_histories()
                steps |= fresh._leads_next_steps(company, rosters, histories)
            self._leads_take_steps(company, steps, histories)

    def _leads_rosters(self, company):
        """:returns: ``{team: agents}`` as :meth:`_roster` gives them"""
        Profile = self.env["leads.agent.profile"]
        return {team: Profile._roster(company, team) for team in {lead.team_id for lead in self}}

    def _leads_next_steps(self, company, rosters, histories):
        """:returns: ``{lead: step}``"""
        settings, catchers = company._leads_queue_settings(), company._leads_offer_catchers()
        # sudo: res.users - who may still take leads, whoever brings the lead in
        asked = (
            self.env["res.users"]
            .sudo()
            .browse({offer.agent_id for lead in self for offer in histories[lead.id].offers})
        )
        gone = {user.id for user in asked if not user._leads_may_accept(company)}
        there = {team: {agent.id for agent in agents if not agent.obstacles} for team, agents in rosters.items()}
        steps = {}
        for lead in self:
            history = histories[lead.id]
            steps[lead] = queueing.next_step(
                history.ranked,
                [offer for offer in history.offers if offer.agent_id not in gone or offer.outcome == "open"],
                there[lead.team_id],
                replace(settings, has_catch_all=bool(set(catchers._ids) - history.caught_by)),
                stage="after_shark_tank" if history.had_shark_tank else "offers",
            )
        return steps

    def _leads_refused(self, known):
        """Why leads may be given to nobody now, by the one list of reasons (``res.partner._refusals``).

        A lead that names no customer is judged by its number, too.

        :param dict known: as of :meth:`_leads_known`
        :returns: ``{lead: (sentence, moment at which that ends, or None)}``
        """
        # sudo: res.partner, phone.blacklist - who may not be given does not depend on who brings the lead in
        Partner = self.env["res.partner"].sudo()
        refused = {}
        for company, leads in self.grouped(lambda lead: lead._leads_company()).items():
            # sudo: res.partner - as above
            customer_of = {
                lead: (lead.partner_id.sudo() or known[lead][0]).commercial_partner_id
                for lead in leads
                if lead in known
            }
            causes = Partner.with_company(company)._refused([customer.id for customer in customer_of.values()], "share")
            for lead, customer in customer_of.items():
                if cause := causes.get(customer.id):
                    sentence = Partner._refusal_sentence(cause.kind, customer.complete_name, cause)
                    refused[lead] = sentence, cause.until
                elif (holder := known[lead][1]) and company not in holder.company_ids:
                    refused[lead] = self._leads_foreign_sentence(customer, company), fields.Datetime.now() + LOOK_AGAIN
            strangers = leads.filtered(lambda lead: lead.phone_sanitized and not lead.partner_id) - self.browse().union(
                *refused
            )
            numbers = strangers.mapped("phone_sanitized")
            blocked = self.env["phone.blacklist"]._leads_blocked(numbers) if numbers else ()
            for lead in strangers.filtered(lambda lead, blocked=blocked: lead.phone_sanitized in blocked):
                name = lead.contact_name or lead.partner_name or lead.name
                refused[lead] = Partner._refusal_sentence("blacklisted", name, None), None
        return refused

    @api.model
    def _leads_foreign_sentence(self, customer, company):
        return self.env._(
            "%(customer)s is with an agent who does not work in %(company)s: give the customer to somebody who does.",
            customer=customer.complete_name,
            company=company.name,
        )

    def _leads_wait_refused(self, known):
        """Leads that may be given to nobody are offered to nobody: they say why, and are looked at again.

        :returns: these leads
        """
        refused = self._leads_refused(known) if self else {}
        later = fields.Datetime.now() + LOOK_AGAIN_AT_REFUSED
        leads = self.browse([lead.id for lead in refused])
        leads._leads_move(
            "waiting",
            {lead.id: until or later for lead, (_sentence, until) in refused.items()},
            {lead.id: sentence for lead, (sentence, _until) in refused.items()},
        )
        return leads

    def _leads_histories(self):
        """What happened since each lead was routed anew, in one query.

        :returns: ``{lead_id: History}``
        """
        self.env["leads.agent.offer"].flush_model()
        self.env["leads.agent.routing"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, r.id, r.ranked, o.offers, COALESCE(o.caught_by, '{}'), COALESCE(o.had_shark_tank, FALSE)
                  FROM unnest(%s::int[]) AS t (id)
             LEFT JOIN LATERAL (SELECT id, ranked FROM leads_agent_routing WHERE lead_id = t.id AND cause = 'score'
                              ORDER BY id DESC LIMIT 1) r ON TRUE
             LEFT JOIN LATERAL (SELECT max(id) AS id FROM leads_agent_routing
                                 WHERE lead_id = t.id AND cause = 'score' AND is_again IS NOT TRUE) first ON TRUE
             LEFT JOIN LATERAL (
                       SELECT array_agg(ARRAY[agent_id::text, state] ORDER BY id)
                                  FILTER (WHERE kind = 'exclusive') AS offers,
                              array_agg(agent_id) FILTER (WHERE kind = 'catch_all' AND state = 'declined') AS caught_by,
                              bool_or(kind = 'shark_tank' AND state NOT IN ('offered', 'recalled')) AS had_shark_tank
                         FROM leads_agent_offer
                        WHERE lead_id = t.id AND routing_id >= first.id) o ON TRUE
                """,
                list(self._ids),
            )
        )
        return {
            lead_id: History(
                routing_id,
                ranked or [],
                [
                    queueing.Offered(int(agent_id), "open" if state == "offered" else state)
                    for agent_id, state in offers or ()
                ],
                frozenset(caught_by),
                had_shark_tank,
            )
            for lead_id, routing_id, ranked, offers, caught_by, had_shark_tank in rows
        }

    def _leads_take_steps(self, company, step_of, histories):
        """:param dict step_of: ``{lead: step}``"""
        Offer = self.env["leads.agent.offer"]
        steps = defaultdict(list)
        for lead, step in step_of.items():
            steps[type(step)].append((lead, histories[lead.id], step))
        Offer._make(
            [
                (lead.id, step.agent_id, history.routing_id, "exclusive")
                for lead, history, step in steps[queueing.Offer]
            ],
            company,
        )
        Offer._make(
            [
                (lead.id, agent_id, history.routing_id, "shark_tank")
                for lead, history, step in steps[queueing.SharkTank]
                for agent_id in step.agent_ids
            ],
            company,
            until=fields.Datetime.now() + timedelta(minutes=company.leads_offer_shark_minutes),
        )
        Offer._make(
            [
                (lead.id, user.id, history.routing_id, "catch_all")
                for lead, history, _step in steps[queueing.CatchAll]
                for user in company._leads_offer_catchers()
                if user.id not in history.caught_by
            ],
            company,
        )
        by_reason = defaultdict(self.browse)
        for lead, history, step in steps[queueing.Wait]:
            by_reason["caught" if history.caught_by else step.reason] += lead
        for reason, leads in by_reason.items():
            if sentence := self._leads_waiting_sentence(reason):
                # Who qualifies is asked again: somebody is back, or holds the tag by now.
                leads._leads_move("waiting", fields.Datetime.now() + LOOK_AGAIN, sentence)

    @api.model
    def _leads_waiting_sentence(self, reason):
        """Why a lead is with nobody; nothing where somebody has it."""
        match reason:
            case "nobody_qualifies":
                return self.env._("No agent qualifies: see the audit for the reason of each.")
            case "nobody_available":
                return self.env._("Agents qualify, but none of them is there now.")
            case "nobody_left":
                return self.env._("Everybody who qualifies was asked, and nobody took the lead.")
            case "caught":
                return self.env._("The catch-all declined the lead.")
        return None

    # ------------------------------------------------------------------
    # Given to somebody
    # ------------------------------------------------------------------

    def _leads_give(self, agent, cause, offer=None, partner=None, *, alone=False):
        """Make an agent the owner of a lead: the only place where a lead of the routing gets one.

        :param agent: ``res.users``
        :param str cause: a cause of the ledger: ``accepted``, ``accepted_again``, ``coalesced`` or ``assigned``
        :param offer: the offer that was accepted; without one, an accepted one is written down
        :param partner: the customer, if known
        :param bool alone: whoever calls this sees to what else the person asked for
        :raises UserError: when the agent may have no more leads, or nobody may be given the customer
        """
        self.ensure_one()
        # Without the defaults of a client: what is made here is made by the routing.
        lead = self.with_context(clean_context(self.env.context), mail_auto_subscribe_no_notify=True)
        now = fields.Datetime.now()
        if not offer:
            routing_id = lead._leads_note_given(agent, cause, partner)
            offer = lead.env["leads.agent.offer"]._insert_accepted(lead, agent, cause, routing_id)
        self._leads_open_offers(but=offer)._recall()
        customer = lead.partner_id or partner or lead._create_customer()
        # Somebody archived who asks again is a customer again.
        (customer | customer.commercial_partner_id).filtered(lambda partner: not partner.active).active = True
        # Odoo moves a lead to the team of its salesperson; this one stays with the call center it came to.
        values = {"partner_id": customer.id, "user_id": agent.id, "team_id": lead.team_id.id, "leads_accepted_at": now}
        # First, so that what follows is not taken for a decision by another way.
        self._leads_move("accepted")
        lead.write(values)
        self.env["leads.agent.score.entry"]._add(cause, offer)
        # A manager of the catch-all who does not call owns the lead alone.
        if agent.can_hold_leads:
            lead._leads_assign(agent, offer, cause)
            if not alone:
                self._leads_give_others(agent, lead.partner_id)
        lead._leads_ask_for_feedback(agent)
        self._leads_wake({now})

    def _leads_note_given(self, agent, cause, customer):
        """The audit of a lead that goes to an agent without an offer.

        :returns: the id of the routing
        """
        row = {
            "lead_id": self.id,
            "company_id": self._leads_company().id,
            "agent_id": agent.id,
            "agent_name": agent.name,
            "cause": cause,
            "reason": self._leads_given_sentence(agent, cause, customer or self.partner_id),
        }
        return self.env["leads.agent.routing"]._insert([row])[self.id]

    def _leads_given_sentence(self, agent, cause, customer):
        """Why an agent got the lead without an offer, with the names of this moment."""
        if cause == "assigned":
            return self.env._(
                "%(user)s of the catch-all gave the lead to %(agent)s.", user=self.env.user.name, agent=agent.name
            )
        names = {"agent": agent.name, "customer": customer.complete_name or ""}
        if customer and customer.commercial_partner_id == self.partner_id.commercial_partner_id:
            return self.env._("%(agent)s holds %(customer)s, the customer on the lead.", **names)
        if customer.email_normalized and customer.email_normalized == self.email_normalized:
            return self.env._("%(agent)s holds %(customer)s, who has the e-mail address of the lead.", **names)
        if customer.phone_sanitized in {number for _lead_id, number in self._leads_numbers()}:
            return self.env._("%(agent)s holds %(customer)s, who has the phone number of the lead.", **names)
        return self.env._("%(agent)s got another lead of the same person, %(customer)s.", **names)

    def _leads_assign(self, agent, offer, cause):
        """The customer goes to the agent who owns the lead: under the lock, both are in sight together."""
        env = self.with_company(self._leads_company()).env
        request = Request(self.partner_id.id, agent.id, offer._reason_sentence(cause))
        [result] = Assigning(env, Terms("offer", unconditional=True)).run([request])
        # A repeat lead is not held up by what stands against a second record of its customer.
        if result.result not in ("assigned", "already") and cause != "coalesced":
            raise UserError(result.reason)

    def _leads_ask_for_feedback(self, agent):
        """To-dos after 1, 7 and 21 days: how did it go?"""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id("leads_agent_offer.activity_feedback")
        activity_type = self.env["mail.activity.type"].browse(type_id or [])
        today = fields.Date.context_today(self.with_context(tz=agent.tz))
        # All at once: Odoo's own activity_schedule makes one at a time for a lead.
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": self.env._("How does this lead go?"),
                    "note": activity_type.default_note,
                    "automated": True,
                    "date_deadline": today + timedelta(days=days),
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.id,
                    "user_id": agent.id,
                }
                for days in FEEDBACK_DAYS
            ]
        )

    def _leads_open_offers(self, but=None):
        offers = self.env["leads.agent.offer"].search([("lead_id", "in", self.ids), ("state", "=", "offered")])
        return offers - but if but else offers

    def _leads_withdraw(self, reason, *, state, keep_owner=False):
        """Take back what is being offered; nobody loses points."""
        if not self:
            return
        self._leads_take_turns()
        self._leads_open_offers()._recall()
        hold = "manager" if state == "held" else None
        self._leads_move(state, reason=None if keep_owner else reason, hold=hold)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_offers(self):
        """Everything that is due: missed offers, shark tanks that end, leads that are released. Safe to run again."""
        # sudo: crm.lead, leads.agent.offer - a job for all companies
        Lead, Offer = self.sudo(), self.env["leads.agent.offer"].sudo()
        for due in (Offer._expire_due, Lead._leads_due):
            while count := self._leads_attempt(due):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == CHUNK)):
                    return
        Offer._cron_tell()

    @api.model
    def _leads_attempt(self, due):
        """One chunk. An agent who answers at this very moment goes first: then the chunk is begun anew."""
        self.env["ir.cron"]._commit_progress()
        for _attempt in range(MOST_ATTEMPTS):
            try:
                count = due(CHUNK)
                self.env.flush_all()
                return count
            except TransactionRollbackError:
                self.env.cr.rollback()
        return 0

    @api.model
    def _leads_due(self, limit):
        """Go on with leads whose moment has come.

        :returns: how many there were
        """
        leads = self.search(
            [
                ("leads_offer_until", "<=", fields.Datetime.now()),
                ("leads_offer_state", "in", ("held", "waiting", "shark_tank")),
            ],
            order="leads_offer_until, id",
            limit=limit,
        )
        if not leads:
            return 0
        leads._leads_take_turns()
        leads.invalidate_recordset(["leads_offer_state", "leads_offer_until"])
        ended, waiting, held = (
            leads.filtered(lambda lead, state=state: lead.leads_offer_state == state)
            for state in ("shark_tank", "waiting", "held")
        )
        ended._leads_open_offers()._end_shark_tank()
        ended._leads_continue()
        # What was never offered, as the customer was given to nobody, begins at the first agent. Outside the operating
        # hours all of it is held.
        waiting._leads_route()
        held._leads_due_held()
        return len(leads)
