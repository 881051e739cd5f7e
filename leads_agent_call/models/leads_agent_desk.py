from dataclasses import replace

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from .. import facts, scoring, walking
from ..clock import moment_text, time_text
from ..facts import seen_companies
from ..tools.attempt import Attempt
from ..tools.calling_hours import next_opening_everywhere
from ..tools.timezones import shown_zone


class LeadsAgentDesk(models.AbstractModel):
    """The logic of the call desk: which lead to call next, and whether a customer may be called at all.

    *Next* takes due callbacks first, then the lead with the highest expected value (``tools/next_lead.py``). The part
    of the value that does not depend on the time is stored on the assignment (``priority``) and read from the top of an
    index. The time of day changes the value by at most a factor of two, so reading stops as soon as no later lead can
    be better.
    """

    _name = "leads.agent.desk"
    _description = "Call Desk"

    # ------------------------------------------------------------------
    # Next
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    @takes(skipped=given.record_ids)
    def next_lead(self, skipped=()):
        """Return the lead that the current user should call now.

        :param skipped: IDs of customers that the user skipped
        :returns: dict with ``partner_id``, ``reasons`` (sentences) and ``callback_id``; without a lead,
            ``partner_id`` is False and ``reasons`` say why, and when to come back
        :raises AccessError: for users who cannot hold leads
        """
        user = self.env.user
        # The group is cached: check it first.
        if not (user._is_leads_agent() or user.can_hold_leads):
            raise AccessError(self.env._("Only users who hold leads can call."))
        skipped = set(skipped)
        # sudo: leads.agent.desk - also reads calls and callbacks of colleagues; returns only a lead of the user, or one
        # that is open to the user's call center
        desk_sudo = self.sudo()
        situation = desk_sudo._situation(user)
        if situation["running_id"]:
            return {
                "partner_id": situation["running_id"],
                "callback_id": situation["callback_id"] or False,
                "reasons": [self.env._("Log the outcome of this call first.")],
            }
        choice = desk_sudo._choose(user, skipped, situation)
        if not choice:
            return {"partner_id": False, "callback_id": False, "reasons": desk_sudo._nothing(user, skipped)}
        facts, callback = choice
        return {
            "partner_id": facts.partner_id,
            "callback_id": callback.id,
            "reasons": self._reasons(facts, callback, self.env["res.currency"].browse(situation["currency_id"])),
        }

    @api.model
    def _situation(self, user):
        """Read what *Next* needs first, in one query, because the records involved have many columns.

        :returns: dict with ``company_id`` and settings of the company, ``running_id`` (the customer of the user's
            running call), its ``callback_id``, and ``has_callbacks``: whether a due callback may exist for the user
        """
        self.env.flush_all()
        chosen = self.env.context.get("allowed_company_ids")
        own = SQL("(SELECT company_id FROM res_users WHERE id = %s)", user.id)
        [row] = self.env.execute_query_dict(
            SQL(
                """
                SELECT o.id AS company_id, o.leads_agent_half_life, o.leads_agent_fatigue, o.leads_agent_loyalty,
                       o.leads_agent_answers, o.currency_id, r.partner_id AS running_id, r.callback_id,
                       EXISTS (
                           SELECT FROM leads_agent_callback c
                            WHERE c.state = 'open' AND c.due_at <= %(now)s
                              AND (c.agent_id = %(uid)s OR (
                                  (c.agent_id IS NULL OR c.open_at <= %(now)s)
                                  AND (c.team_id IS NULL OR EXISTS (
                                      SELECT FROM crm_team_member m
                                       WHERE m.crm_team_id = c.team_id AND m.user_id = %(uid)s AND m.active))))
                       ) AS has_callbacks
                  FROM res_company o
             LEFT JOIN leads_agent_call r ON r.agent_id = %(uid)s AND r.state <> 'done'
                 WHERE o.id = %(company)s
                """,
                now=fields.Datetime.now(),
                uid=user.id,
                company=self.env.company.id if chosen else own,
            )
        )
        return row

    @api.model
    def _choose(self, user, skipped, situation):
        """Return ``(Facts, callback)`` of the lead to call, or None."""
        # SQL code that needs the company can use it without reading the user.
        desk = self.with_context(leads_companies=seen_companies(self.env)).with_company(situation["company_id"])
        weights = desk.env.company._leads_weights(situation)
        # As the user: callbacks out of sight are ignored, missed or not.
        callbacks = Callback = self.env["leads.agent.callback"].with_user(user)
        if situation["has_callbacks"]:
            callbacks = Callback.search(
                Callback._for_user(user)
                & Domain("due_at", "<=", fields.Datetime.now())
                & Domain("partner_id", "not in", list(skipped)),
                order="due_at, id",
                limit=walking.CHUNK,
            )
        if callbacks:
            now = fields.Datetime.now()
            facts_of = desk._facts(callbacks.partner_id.ids, weights)
            for callback in callbacks:
                facts = facts_of[callback.partner_id.id]
                if not self._refusal(Attempt(facts, user, now, keeps_promise=True)):
                    return facts, callback
        facts = walking.Walk(desk, user, weights, skipped).best()
        return facts and (facts, Callback)

    @api.model
    def _nothing(self, user, skipped):
        """Return why there is no lead to call now, and when there will be one."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.partner_id, GREATEST(a.next_call_at, c.due_at)
                  FROM leads_agent_assignment a
             LEFT JOIN leads_agent_callback c ON c.partner_id = a.partner_id AND c.state = 'open'
                 WHERE a.agent_id = %s AND a.state = 'active'
              ORDER BY 2 NULLS FIRST
                 LIMIT 200
                """,
                user.id,
            )
        )
        if not rows:
            return [self.env._("No lead is assigned to you.")]
        sentences = []
        if skipped:
            sentences.append(self.env._("You skipped %s.", len(skipped)))
        facts_of = self._facts([partner_id for partner_id, _at in rows])
        moments = [
            opening
            for partner_id, at in rows
            if (opening := next_opening_everywhere(facts_of[partner_id].clocks, max(at or now, now))) and opening > now
        ]
        if moments:
            when = moment_text(self.env, min(moments), user.tz)
            sentences.append(self.env._("Nobody can be called now. Next customer: %s.", when))
        else:
            refusals = filter(None, (self._refusal_sentence(Attempt(facts, user, now)) for facts in facts_of.values()))
            sentences.append(next(refusals, self.env._("Nobody can be called now.")))
        return sentences

    @api.model
    def _reasons(self, facts, callback, currency):
        """Return sentences on why this lead is next."""
        reasons, lead = [], facts.lead
        if callback:
            when = moment_text(self.env, callback.due_at, self.env.user.tz)
            # sudo: leads.agent.callback - its agent, for the user who is going to keep it
            promised_by = callback.sudo().agent_id
            reasons.append(
                self.env._("Callback promised for %s.", when)
                if promised_by == self.env.user
                else self.env._(
                    "Callback of %(agent)s for %(when)s, open to your call center.",
                    agent=promised_by.name or self.env._("a colleague"),
                    when=when,
                )
            )
        # sudo: leads.agent.desk - the weights of the company and of stages, which the sentences explain
        terms = self.sudo()._score_terms("a")
        reasons += filter(None, (term.sentence(facts, currency) for term in terms))
        if lead.tried:
            reasons.append(
                self.env._(
                    "Answered %(answered)s of %(tried)s calls around this time of day.",
                    answered=lead.answered,
                    tried=lead.tried,
                )
            )
        if facts.zone:
            there = time_text(self.env, fields.Datetime.now(), facts.zone)
            reasons.append(self.env._("It is %s there.", there))
        return reasons

    @api.model
    @takes(partner_id=given.record_id, zone=given.text)
    def confirm_zone(self, partner_id, zone):
        """Store the time zone of a customer, when neither address nor number identify it.

        :param int partner_id: the customer, or a contact
        :param str zone: a name of the time zone database, such as ``Europe/Brussels``
        :raises UserError: when the customer or the zone does not exist
        """
        user = self.env.user
        if not (user.can_hold_leads or user._is_leads_manager()):
            raise AccessError(self.env._("Only users who hold leads can call."))
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This customer no longer exists."))
        partner.check_access("read")
        if zone not in pytz.all_timezones_set:
            raise UserError(self.env._("There is no time zone '%s'.", zone))
        # sudo: res.partner - users cannot write the field otherwise; that the user may read the customer was checked
        customer = partner.commercial_partner_id.sudo()
        customer.leads_zone = zone
        customer._message_log(body=self.env._("Time zone for calls confirmed: %s", zone))
        return True

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    @api.model
    def _refusal(self, attempt, entry_point="call"):
        """Return the first refusal that keeps a call from being made or promised, or None."""
        for refusal in self.env["res.partner"]._refusals():
            if entry_point in refusal.entry_points and refusal.holds(attempt):
                return refusal
        return None

    @api.model
    def _refusal_sentence(self, attempt, entry_point="call"):
        """Return the refusal as a sentence; empty when the call is allowed."""
        refusal = self._refusal(attempt, entry_point)
        return refusal.sentence(self.env, attempt.facts.name, attempt) if refusal else ""

    @api.model
    def _at_number(self, facts, number):
        """Return the facts of the same customer for another of the numbers."""
        clocks = self.env["leads.agent.calling.hours"]._clocks(facts.address, number.e164)
        return replace(facts, clocks=clocks, zone=shown_zone(facts.address, number.e164))

    @api.model
    def _unknown_zone_sentence(self, facts):
        return self.env._(
            "Neither the address nor the phone number of %s tells the time zone. Confirm it before the "
            "first call. You are asked once per customer.",
            facts.name,
        )

    @api.model
    def _number_sentence(self, line):
        """Return why the text in a phone field cannot be dialled; empty if it has a number or no text."""
        match line.cell.reason:
            case "country":
                return self.env._(
                    "It is not clear how to dial '%s'. Enter the customer's country, or the number with "
                    "its country code (+32 ...).",
                    line.text,
                )
            case "invalid":
                return self.env._("'%s' is not a phone number. Correct it before calling.", line.text)
        return ""

    @api.model
    def _holder_sentence(self, facts):
        # sudo: res.users - the name of the colleague, as on the order
        holder = self.env["res.users"].sudo().browse(facts.holder_id)
        return self.env._("%(customer)s is the lead of %(holder)s.", customer=facts.name, holder=holder.name)

    @api.model
    def _caller_sentence(self, facts):
        # sudo: res.users - the name of the colleague on the phone
        caller = self.env["res.users"].sudo().browse(facts.caller_id)
        return self.env._("%(caller)s is on the phone with %(customer)s.", caller=caller.name, customer=facts.name)

    @api.model
    def _zones(self, partner_ids):
        """Return ``{partner_id: zone}`` of commercial customers, for showing their local time; None: unknown."""
        return {partner_id: facts.zone for partner_id, facts in self._facts(partner_ids).items()}

    @api.model
    def _facts(self, partner_ids, weights=None):
        """Return the facts of commercial customers; addons add more.

        :param Weights weights: those of the company, if already known
        :returns: ``{partner_id: facts.Facts}``
        """
        return facts.read(self.env, partner_ids, weights or self.env.company._leads_weights())

    # ------------------------------------------------------------------
    # The stored part of the expected value
    # ------------------------------------------------------------------

    @api.model
    def _priority_sql(self, alias):
        """The priority of an active assignment: :func:`next_lead.standing` in SQL, a test compares the two."""
        return SQL(" + ").join(term.sql for term in self._score_terms(alias))

    @api.model
    def _score_terms(self, alias):
        """Hook: return the terms whose sum is the priority.

        :param str alias: of an active assignment in SQL
        :returns: list of :class:`scoring.Term`
        """
        return scoring.terms(self.env, alias)
