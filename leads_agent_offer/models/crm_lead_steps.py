from collections import defaultdict
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import queueing

CHUNK = 500
# Chunks that somebody else's answer came before, one after the other; what is left waits for the next run.
MOST_ATTEMPTS = 5
FEEDBACK_DAYS = (1, 7, 21)
# When to look again for somebody who is there.
LOOK_AGAIN = timedelta(minutes=5)
# When to ask again whether a customer who may be given to nobody still may not.
LOOK_AGAIN_AT_REFUSED = timedelta(days=1)


class CrmLead(models.Model):
    """What happens next to leads that are offered: the next agent, the shark tank, the catch-all."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    def _leads_continue(self, stage_of=None):
        """Take the next step with each of the leads. Whoever calls this has taken their turns.

        :param dict stage_of: ``{lead_id: stage}`` as in :func:`queueing.next_step`; missing: ``offers``
        """
        welcome = self - self._leads_wait_refused()
        if not welcome:
            return
        stage_of = stage_of or {}
        rows = welcome._leads_histories()
        for company, leads in welcome.grouped(lambda lead: lead._leads_company()).items():
            there = leads._leads_who_is_there(company)
            settings = company._leads_queue_settings()
            steps = defaultdict(list)
            for lead in leads:
                routing_id, ranked, offers = rows[lead.id]
                step = queueing.next_step(
                    ranked, offers, there[lead.team_id], settings, stage=stage_of.get(lead.id, "offers")
                )
                steps[type(step)].append((lead, routing_id, step))
            self._leads_take_steps(company, steps)

    def _leads_refused(self):
        """Why leads may be given to nobody now, by the one list of reasons (``res.partner._refusals``).

        A lead without a customer yet is judged by its number.

        :returns: ``{lead: (sentence, moment at which that ends, or None)}``
        """
        # sudo: res.partner, phone.blacklist - who may not be given does not depend on who brings the lead in
        Partner = self.env["res.partner"].sudo()
        refused = {}
        for company, leads in self.grouped(lambda lead: lead._leads_company()).items():
            causes = Partner.with_company(company)._refused(leads.partner_id.commercial_partner_id.ids, "share")
            strangers = leads.filtered(lambda lead: not lead.partner_id and lead.phone_sanitized)
            numbers = strangers.mapped("phone_sanitized")
            blocked = self.env["phone.blacklist"]._leads_blocked(numbers) if numbers else ()
            for lead in leads:
                customer = lead.partner_id.commercial_partner_id.sudo()
                if cause := causes.get(customer.id):
                    sentence = Partner._refusal_sentence(cause.kind, customer.complete_name, cause)
                    refused[lead] = sentence, cause.until
                elif lead in strangers and lead.phone_sanitized in blocked:
                    name = lead.contact_name or lead.partner_name or lead.name
                    refused[lead] = Partner._refusal_sentence("blacklisted", name, None), None
        return refused

    def _leads_wait_refused(self):
        """Leads that may be given to nobody are offered to nobody: they say why, and are looked at again.

        :returns: these leads
        """
        refused = self._leads_refused() if self else {}
        later = fields.Datetime.now() + LOOK_AGAIN_AT_REFUSED
        leads = self.browse([lead.id for lead in refused])
        leads._leads_move(
            "waiting",
            {lead.id: until or later for lead, (_sentence, until) in refused.items()},
            {lead.id: sentence for lead, (sentence, _until) in refused.items()},
        )
        return leads

    def _leads_histories(self):
        """What happened since the last routing of each lead, in one query.

        :returns: ``{lead_id: (routing_id, ranked agent ids, [Offered])}``
        """
        self.env["leads.agent.offer"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, r.id, r.ranked,
                       (SELECT array_agg(ARRAY[o.agent_id::text, o.state] ORDER BY o.id)
                          FROM leads_agent_offer o WHERE o.routing_id = r.id AND o.kind = 'exclusive')
                  FROM unnest(%s::int[]) AS t (id)
             LEFT JOIN LATERAL (SELECT id, ranked FROM leads_agent_routing WHERE lead_id = t.id
                              ORDER BY id DESC LIMIT 1) r ON TRUE
                """,
                list(self._ids),
            )
        )
        return {
            lead_id: (
                routing_id,
                ranked or [],
                [
                    queueing.Offered(int(agent_id), "open" if state == "offered" else state)
                    for agent_id, state in offers or ()
                ],
            )
            for lead_id, routing_id, ranked, offers in rows
        }

    def _leads_who_is_there(self, company):
        """:returns: ``{team: ids of agents who can take a lead now}``"""
        Profile = self.env["leads.agent.profile"]
        return {
            team: {agent.id for agent in Profile._roster(company, team) if not agent.obstacles}
            for team in {lead.team_id for lead in self}
        }

    def _leads_take_steps(self, company, steps):
        Offer = self.env["leads.agent.offer"]
        Offer._make(
            [
                (lead.id, step.agent_id, routing_id, "exclusive")
                for lead, routing_id, step in steps.get(queueing.Offer, ())
            ],
            company,
        )
        sharks = steps.get(queueing.SharkTank, ())
        if sharks:
            until = fields.Datetime.now() + timedelta(minutes=company.leads_offer_shark_minutes)
            Offer._make(
                [
                    (lead.id, agent_id, routing_id, "shark_tank")
                    for lead, routing_id, step in sharks
                    for agent_id in step.agent_ids
                ],
                company,
                until=until,
            )
        caught = steps.get(queueing.CatchAll, ())
        Offer._make(
            [
                (lead.id, user.id, routing_id, "catch_all")
                for lead, routing_id, _step in caught
                for user in company.leads_offer_catch_all_ids
            ],
            company,
        )
        by_reason = defaultdict(self.browse)
        for lead, _routing_id, step in steps.get(queueing.Wait, ()):
            by_reason[step.reason] += lead
        for reason, leads in by_reason.items():
            if reason in ("nobody_qualifies", "nobody_available", "nobody_left"):
                again = fields.Datetime.now() + LOOK_AGAIN if reason == "nobody_available" else None
                leads._leads_move("waiting", again, self._leads_waiting_sentence(reason))

    @api.model
    def _leads_waiting_sentence(self, reason):
        match reason:
            case "nobody_qualifies":
                return self.env._("No agent qualifies: see the audit for the reason of each.")
            case "nobody_available":
                return self.env._("Agents qualify, but none of them is there now.")
        return self.env._("Everybody who qualifies was asked, and nobody took the lead.")

    # ------------------------------------------------------------------
    # Given to somebody
    # ------------------------------------------------------------------

    def _leads_give(self, agent, cause, offer=None, partner=None):
        """Make an agent the owner of a lead: the only place where a lead of the routing gets one.

        :param agent: ``res.users``
        :param str cause: a cause of the ledger: ``accepted``, ``accepted_again``, ``coalesced`` or ``assigned``
        :param offer: the offer that was accepted; without one, an accepted one is written down
        :param partner: the customer, if known
        """
        self.ensure_one()
        Offer = self.env["leads.agent.offer"]
        now = fields.Datetime.now()
        if not offer:
            routing_id = self._leads_histories()[self.id][0]
            offer = Offer._insert_accepted(self, agent, routing_id)
        self._leads_open_offers(but=offer)._recall()
        lead = self.with_context(leads_offer_step=True, mail_auto_subscribe_no_notify=True)
        customer = lead.partner_id or partner or lead._create_customer()
        # Odoo moves a lead to the team of its salesperson; this one stays with the call center it came to.
        values = {"partner_id": customer.id, "user_id": agent.id, "team_id": lead.team_id.id, "leads_accepted_at": now}
        lead.write(values)
        self._leads_move("accepted")
        self.env["leads.agent.score.entry"]._add(cause, offer)
        # A manager of the catch-all who does not call owns the lead alone.
        if lead.partner_id and agent.can_hold_leads:
            self.env["leads.agent.assignment"]._assign_leads(
                agent,
                lead.partner_id,
                source="offer",
                reason=offer._reason_sentence(cause),
                unconditional=True,
            )
        lead._leads_ask_for_feedback(agent)
        self._leads_wake({now})

    def _leads_ask_for_feedback(self, agent):
        """To-dos after 1, 7 and 21 days: how did it go?"""
        if self.env.context.get("mail_activity_automation_skip"):
            return
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
        self._leads_move(state, reason=None if keep_owner else reason)

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
            except SerializationFailure:
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
        ended = leads.filtered(lambda lead: lead.leads_offer_state == "shark_tank")
        ended._leads_open_offers()._end_shark_tank()
        ended._leads_continue(dict.fromkeys(ended.ids, "after_shark_tank"))
        waiting = leads.filtered(lambda lead: lead.leads_offer_state == "waiting")
        # What was never offered, as the customer was given to nobody, begins at the first agent.
        histories = waiting._leads_histories() if waiting else {}
        unrouted = waiting.filtered(lambda lead: not histories[lead.id][0])
        unrouted._leads_offer_now()
        (waiting - unrouted)._leads_continue()
        held = leads.filtered(lambda lead: lead.leads_offer_state == "held")
        for company, group in held.grouped(lambda lead: lead._leads_company()).items():
            opening = company._leads_offer_opening()
            if opening and opening <= fields.Datetime.now() and not company.leads_offer_intercept:
                # One by one: each sees who was served by the one before.
                for lead in group:
                    lead._leads_offer_now()
            else:
                group._leads_route()
        return len(leads)
