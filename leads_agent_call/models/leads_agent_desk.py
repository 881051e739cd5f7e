from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_datetime

from odoo.addons.leads_agent import newest
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given, terms
from odoo.addons.leads_agent.tools.moments import to_local
from odoo.addons.leads_agent.tools.refusals import Attempt

from ..tools import next_lead
from ..tools.calling_hours import Clocks, next_opening_everywhere
from ..tools.phone_numbers import Line, choices, read_cell
from ..tools.timezones import MANY_ZONES, NOWHERE, Address, shown_zone

# How many leads are looked at together; four times as many each time that the best may lie further down.
CHUNK = 5
# How far the stored value may be off the one that is computed.
ROUNDING = 1e-4
# Below whatever is stored.
LOWEST = -1e9
# Calls whose hour tells when a customer answers.
CALLS_REMEMBERED = 30
# Hours before and after now that count as about this hour.
ABOUT = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a customer can be called now, and how promising that is."""

    partner_id: int
    name: str = ""
    address: Address = NOWHERE
    zone: str | None = None
    clocks: Clocks = ()
    lines: tuple[Line, ...] = ()
    refusals: tuple[str, ...] = ()
    is_ours: bool = False
    assignment_id: int | bool = False
    holder_id: int | bool = False
    attempts: int = 0
    assigned_at: datetime | None = None
    order_id: int | bool = False
    best_order_id: int | bool = False
    amount: float = 0.0
    ordered_at: datetime | None = None
    sales: int = 0
    caller_id: int | bool = False
    calls_today: int = 0
    most_calls: int = 0
    answered: int = 0
    tried: int = 0
    callback_at: datetime | None = None
    weight: float = 1.0

    @property
    def lead(self) -> next_lead.Lead:
        """As the arithmetic wants it; a lead without a quotation counts for one, on the day it was assigned."""
        return next_lead.Lead(
            self.partner_id,
            self.amount if self.best_order_id else 1.0,
            self.ordered_at or self.assigned_at or next_lead.EPOCH,
            self.attempts,
            self.sales,
            self.answered,
            self.tried,
            self.callback_at,
            self.weight,
        )


class LeadsAgentDesk(models.AbstractModel):
    """What stands behind the call desk: whom to call next, and whether somebody may be called at all.

    *Next* takes callbacks that are due first, then the lead with the highest expected value (``tools/next_lead.py``).
    The part of it that no clock changes is stored on the assignment (``priority``), where an index walks it from the
    top; what the clock changes is at most a factor of two, so the walk ends as soon as nothing further down can win.
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
        """The lead that the current user should call now.

        :param skipped: ids of customers whom the user passed over
        :returns: dict with ``partner_id``, ``reasons`` (sentences) and ``callback_id``; without a lead
            ``partner_id`` is False and ``reasons`` say why, and when to come back
        :raises AccessError: for users who hold no leads
        """
        user = self.env.user
        # The role alone is answered from memory.
        if not (user._is_leads_agent() or user.can_hold_leads):
            raise AccessError(self.env._("Calls are for those who hold leads."))
        skipped = set(skipped)
        # sudo: leads.agent.desk - looks at calls and callbacks of colleagues too; what comes out is a lead of the user,
        # or one that is open to the user's call center
        desk_sudo = self.sudo()
        situation = desk_sudo._situation(user)
        if situation["running_id"]:
            return {
                "partner_id": situation["running_id"],
                "callback_id": situation["callback_id"] or False,
                "reasons": [self.env._("This call still wants its outcome.")],
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
        """What *Next* starts from, in one query, since the records that say so are wide.

        :returns: dict with ``company_id`` and settings of the company, ``running_id`` (the customer of the user's
            running call), its ``callback_id``, and ``has_callbacks``: whether any is due that might be one for the user
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
        """:returns: ``(Facts, callback)``, or None"""
        # For what is plain SQL: to find the company, it need not read the user.
        desk = self.with_context(leads_companies=self._seen_companies()).with_company(situation["company_id"])
        weights = desk.env.company._leads_weights(situation)
        # As the user: what is out of sight is nobody's business, missed or not.
        callbacks = Callback = self.env["leads.agent.callback"].with_user(user)
        if situation["has_callbacks"]:
            callbacks = Callback.search(
                Callback._for_user(user)
                & Domain("due_at", "<=", fields.Datetime.now())
                & Domain("partner_id", "not in", list(skipped)),
                order="due_at, id",
                limit=CHUNK,
            )
        if callbacks:
            now = fields.Datetime.now()
            facts_of = desk._facts(callbacks.partner_id.ids, weights)
            for callback in callbacks:
                facts = facts_of[callback.partner_id.id]
                if not self._refused(Attempt(facts, user, now, keeps_promise=True)):
                    return facts, callback
        facts = desk._walk(user, skipped, weights)
        return facts and (facts, Callback)

    @api.model
    def _walk(self, user, skipped, weights):
        """The lead of the highest expected value among those that can be called now.

        Leads come in the order of what they may be worth at most, so the walk ends where the next one cannot win.
        """
        now = fields.Datetime.now()
        best, places, offset, size = None, None, 0, CHUNK
        while True:
            # One more than is looked at, which tells how much the others may be worth.
            rows = self._by_most_worth(user, now, skipped, weights, best, places, size + 1, offset)
            facts_of = self._facts([partner_id for partner_id, _most in rows[:size]], weights)
            found = [facts for facts in facts_of.values() if not self._refused(Attempt(facts, user, now))]
            if found:
                leads = {facts.lead: facts for facts in [*found, *([best] if best else [])]}
                best = leads[next_lead.rank(leads, weights, now)[0].lead]
            if len(rows) <= size or (best and next_lead.score(best.lead, weights) > rows[size][1] + ROUNDING):
                return best
            offset, size = offset + size, size * 4
            if places is None and not best:
                # The usual reason is the hour: from here on, only where calls are allowed now.
                offset, places = 0, self._open_places(user, now)

    @api.model
    def _open_places(self, user, now):
        """Where leads of a user are that might be called at this moment: by one of the clocks there at least.

        What the zip and the number of a lead say besides is looked at lead by lead. Where the address says nothing, or
        a country with several zones, the beginning of the number stands for the place.

        :returns: rows of :meth:`_place_sql`
        """
        Hours = self.env["leads.agent.calling.hours"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(place)s, co.code, st.code, min(p.phone_sanitized)
                  FROM leads_agent_assignment a
                  JOIN res_partner p ON p.id = a.partner_id
             LEFT JOIN res_country co ON co.id = p.country_id
             LEFT JOIN res_country_state st ON st.id = p.state_id
                 WHERE a.agent_id = %(uid)s AND a.state = 'active'
              GROUP BY 1, 2, 3, 4, 5, 6
                """,
                place=self._place_sql("p"),
                uid=user.id,
            )
        )
        places = []
        for *place, country, state, number in rows:
            address = Address(country or "", state or "", confirmed=place[0])
            clocks = Hours._clocks(address, number if place[3] else "")
            if not clocks or any(clock.is_open(now) for clock in clocks):
                places.append(tuple(place))
        return places

    @api.model
    def _place_sql(self, alias):
        """What tells the place of a customer: confirmed zone, country, state, and the beginning of the number."""
        # sudo: res.country - ids of countries
        many = self.env["res.country"].sudo().search([("code", "in", MANY_ZONES)])
        return SQL(
            """COALESCE(%(zone)s, ''), COALESCE(%(country)s, 0), COALESCE(%(state)s, 0),
            CASE WHEN %(state)s IS NULL AND (%(country)s IS NULL OR %(country)s IN %(many)s)
                 THEN COALESCE(left(%(phone)s, 6), '') ELSE '' END""",
            zone=SQL.identifier(alias, "leads_zone"),
            country=SQL.identifier(alias, "country_id"),
            state=SQL.identifier(alias, "state_id"),
            phone=SQL.identifier(alias, "phone_sanitized"),
            many=many._ids or (0,),
        )

    @api.model
    def _by_most_worth(self, user, now, skipped, weights, best, places, limit, offset):
        """Customers who may be called again, the most promising first.

        Those who were never called are worth what is stored. Others may be worth so much more, by their answers at this
        hour; of these only those are looked up that could stand among the first.

        :param Facts best: who has to be beaten, if anybody
        :param places: where they must be, as in :meth:`_open_places`, if anywhere
        :returns: ``[(id, expected value at most)]``
        """
        if places is not None and not places:
            return []
        answers = weights.answers * next_lead.MOST_ANSWER
        least = next_lead.score(best.lead, weights) - ROUNDING if best else LOWEST
        leads = SQL(
            """
              FROM leads_agent_assignment a
             WHERE a.agent_id = %(uid)s AND a.state = 'active'
               AND (a.next_call_at IS NULL OR a.next_call_at <= %(now)s)
               AND NOT EXISTS (
                   SELECT FROM leads_agent_callback c
                    WHERE c.partner_id = a.partner_id AND c.state = 'open' AND c.due_at > %(now)s)
               %(skipped)s %(places)s
            """,
            uid=user.id,
            now=now,
            skipped=SQL("AND a.partner_id <> ALL(%s)", list(skipped)) if skipped else SQL(),
            places=SQL()
            if places is None
            else SQL(
                "AND EXISTS (SELECT FROM res_partner p WHERE p.id = a.partner_id AND (%s) IN %s)",
                self._place_sql("p"),
                tuple(places),
            ),
        )
        return self.env.execute_query(
            SQL(
                """
                WITH untried AS MATERIALIZED (
                    SELECT a.partner_id, a.priority AS most %(leads)s
                       AND NOT %(was_called)s %(beats)s
                  ORDER BY a.priority DESC NULLS LAST, a.partner_id
                     LIMIT %(end)s
                ), called AS (
                    SELECT a.partner_id, a.priority + %(answers)s %(leads)s
                       AND %(was_called)s AND a.priority >= GREATEST(%(least)s, (
                           SELECT CASE WHEN count(*) = %(end)s THEN min(most) END FROM untried)) - %(answers)s
                  ORDER BY a.priority DESC NULLS LAST, a.partner_id
                     LIMIT %(end)s
                )
                SELECT partner_id, COALESCE(most, %(lowest)s)::float
                  FROM (TABLE untried UNION ALL TABLE called) t
              ORDER BY most DESC NULLS LAST, partner_id
                 LIMIT %(limit)s OFFSET %(offset)s
                """,
                leads=leads,
                was_called=SQL(
                    "(EXISTS (SELECT FROM leads_agent_call k"
                    " WHERE k.partner_id = a.partner_id AND k.direction = 'out' AND k.state = 'done') IS TRUE)"
                ),
                answers=answers,
                beats=SQL("AND a.priority >= %s", least) if best else SQL(),
                least=least,
                lowest=LOWEST,
                end=offset + limit,
                limit=limit,
                offset=offset,
            )
        )

    @api.model
    def _nothing(self, user, skipped):
        """Why there is no lead to call now, and when there will be one."""
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
            sentences.append(self.env._("You passed over %s.", len(skipped)))
        facts_of = self._facts([partner_id for partner_id, _at in rows])
        moments = [
            opening
            for partner_id, at in rows
            if (opening := next_opening_everywhere(facts_of[partner_id].clocks, max(at or now, now))) and opening > now
        ]
        if moments:
            when = format_datetime(self.env, min(moments), tz=user.tz, dt_format="short")
            sentences.append(self.env._("Nobody can be called now. The next one: %s.", when))
        else:
            refusals = filter(None, (self._refusal(Attempt(facts, user, now)) for facts in facts_of.values()))
            sentences.append(next(refusals, self.env._("Nobody can be called now.")))
        return sentences

    @api.model
    def _reasons(self, facts, callback, currency):
        """Why this lead, in words."""
        reasons, lead = [], facts.lead
        if callback:
            when = format_datetime(self.env, callback.due_at, tz=self.env.user.tz, dt_format="short")
            # sudo: leads.agent.callback - what was promised, for whoever is to keep it
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
        if facts.best_order_id:
            reasons.append(self._quotation_reason(facts, currency))
        if lead.attempts:
            reasons.append(self.env._("%s attempts in vain.", lead.attempts))
        else:
            reasons.append(self.env._("Not tried in vain yet."))
        if lead.sales:
            reasons.append(self.env._("Bought before: %s times.", lead.sales))
        if lead.tried:
            reasons.append(
                self.env._(
                    "Answered %(answered)s of %(tried)s calls at about this hour.",
                    answered=lead.answered,
                    tried=lead.tried,
                )
            )
        if facts.zone:
            there = format_datetime(self.env, fields.Datetime.now(), tz=facts.zone, dt_format="HH:mm")
            reasons.append(self.env._("It is %s there.", there))
        return reasons

    @api.model
    def _quotation_reason(self, facts, currency):
        days = (fields.Datetime.now() - facts.ordered_at).days
        if currency.compare_amounts(facts.amount, 0) <= 0:
            if days > 0:
                return self.env._("Quotation with no amount yet, %s days old.", days)
            return self.env._("Quotation with no amount yet, of today.")
        amount = format_amount(self.env, facts.amount, currency)
        if days > 0:
            return self.env._("Quotation over %(amount)s, %(days)s days old.", amount=amount, days=days)
        return self.env._("Quotation over %s, of today.", amount)

    @api.model
    @takes(partner_id=given.record_id, zone=given.text)
    def confirm_zone(self, partner_id, zone):
        """Say in which time zone a customer is, of whom neither address nor number say so; it is asked once.

        :param int partner_id: the customer, or a contact
        :param str zone: a name of the time zone database, as ``Europe/Brussels``
        :raises UserError: when there is no such customer or zone
        """
        user = self.env.user
        if not (user.can_hold_leads or user._is_leads_manager()):
            raise AccessError(self.env._("Calls are for those who hold leads."))
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This customer no longer exists."))
        partner.check_access("read")
        if zone not in pytz.all_timezones_set:
            raise UserError(self.env._("There is no time zone '%s'.", zone))
        # sudo: res.partner - nobody writes it otherwise; that the user may read the customer was checked
        customer = partner.commercial_partner_id.sudo()
        customer.leads_zone = zone
        customer._message_log(body=self.env._("Time zone for calls confirmed: %s", zone))
        return True

    # ------------------------------------------------------------------
    # Whether somebody can be called
    # ------------------------------------------------------------------

    @api.model
    def _refused(self, attempt, door="call"):
        """Why a call may not be made or promised: the first reason of the one list, or None."""
        for refusal in self.env["res.partner"]._refusals():
            if door in refusal.doors and refusal.holds(attempt):
                return refusal
        return None

    @api.model
    def _refusal(self, attempt, door="call"):
        """The same in a sentence; empty when the call is allowed."""
        refusal = self._refused(attempt, door)
        return refusal.sentence(self.env, attempt.facts.name, attempt) if refusal else ""

    @api.model
    def _at_number(self, facts, number):
        """The same customer, called at another one of the numbers."""
        clocks = self.env["leads.agent.calling.hours"]._clocks(facts.address, number.e164)
        return replace(facts, clocks=clocks, zone=shown_zone(facts.address, number.e164))

    @api.model
    def _unknown_zone_sentence(self, facts):
        return self.env._(
            "Neither address nor number say in which time zone %s is. Confirm the time zone before the first call; "
            "this is asked once per customer.",
            facts.name,
        )

    @api.model
    def _closed_sentence(self, facts, moment):
        """What time it is, or will be, where calls are not allowed at a moment, and when they are."""
        opening = self._opening_sentence(facts, moment)
        if moment > fields.Datetime.now():
            zone = facts.zone or self.env.user.tz or "UTC"
            return self.env._(
                "%(customer)s may not be called then: it would be %(when)s there. %(hours)s",
                customer=facts.name,
                when=format_datetime(self.env, moment, tz=zone, dt_format="short"),
                hours=opening,
            )
        closed = {to_local(moment, clock.zone): clock.zone for clock in facts.clocks if not clock.is_open(moment)}
        first, last = (
            format_datetime(self.env, moment, tz=closed[local], dt_format="EEE HH:mm")
            for local in (min(closed), max(closed))
        )
        if first == last:
            sentence = self.env._(
                "%(customer)s may not be called now: it is %(there)s there.", customer=facts.name, there=first
            )
        else:
            sentence = self.env._(
                "%(customer)s may not be called now: it may be %(first)s there, or %(last)s.",
                customer=facts.name,
                first=first,
                last=last,
            )
        return f"{sentence} {opening}"

    @api.model
    def _number_sentence(self, line):
        """Why nobody can dial what stands in the cell of a customer; empty where there is a number, or no text."""
        match line.cell.reason:
            case "country":
                return self.env._(
                    "No country says how to dial '%s': enter the customer's country, or the number with its prefix "
                    "(+32 ...).",
                    line.text,
                )
            case "invalid":
                return self.env._("'%s' is not a telephone number. Correct it before calling.", line.text)
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
    def _opening_sentence(self, facts, moment):
        opening = next_opening_everywhere(facts.clocks, moment)
        if not opening:
            return self.env._("There is no hour at which calls are allowed wherever the customer may be.")
        when = format_datetime(self.env, opening, tz=self.env.user.tz, dt_format="short")
        return self.env._("Calls are allowed again from %s, by your clock.", when)

    @api.model
    def _zones(self, partner_ids):
        """``{partner_id: zone}`` of commercial customers, by which to show what time it is there; None: unknown."""
        return {partner_id: facts.zone for partner_id, facts in self._facts(partner_ids).items()}

    @api.model
    def _facts(self, partner_ids, weights=None):
        """What is to be known of commercial customers before calling them, in one query.

        What is one value is selected as such: with a join each, planning would take longer than finding the rows.

        :param Weights weights: those of the company, if they are known already
        :returns: ``{partner_id: Facts}``; ids that are no customers are left out
        """
        if not partner_ids:
            return {}
        self.env.flush_all()
        now = fields.Datetime.now()
        weights = weights or self.env.company._leads_weights()
        Hours = self.env["leads.agent.calling.hours"]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id, c.complete_name, c.zip, c.leads_zone, n.*, %(refusals)s AS refusals,
                       (c.partner_share IS NOT TRUE OR c.id IN (SELECT partner_id FROM res_company)) AS is_ours,
                       a.id AS assignment_id, a.agent_id, a.attempt_count, a.assigned_at,
                       best.id AS best_order_id, best.amount, best.ordered_at, k.*,
                       (SELECT code FROM res_country WHERE id = c.country_id) AS country_code,
                       (SELECT code FROM res_country_state WHERE id = c.state_id) AS state_code,
                       (SELECT due_at FROM leads_agent_callback WHERE partner_id = c.id AND state = 'open') AS due_at,
                       (SELECT id FROM (%(newest)s) newest) AS order_id,
                       (SELECT count(*) FROM leads_agent_assignment
                         WHERE partner_id = c.id AND is_sale = 1 AND company_id = ANY(%(seen)s)) AS sales,
                       (SELECT leads_agent_calls_per_day FROM res_company WHERE id = %(company)s) AS most_calls
                  FROM res_partner c
             LEFT JOIN leads_agent_assignment a ON a.partner_id = c.id AND a.state = 'active'
            CROSS JOIN LATERAL (%(cells)s) n
             LEFT JOIN LATERAL (
                       SELECT o.id, %(moment)s AS ordered_at, %(amount)s AS amount
                         FROM sale_order o
                        WHERE o.leads_commercial_partner_id = c.id AND o.state IN %(partial)s
                          AND o.company_id = ANY(%(seen)s)
                     ORDER BY %(standing)s DESC, o.id
                        LIMIT 1
                       ) best ON TRUE
            CROSS JOIN LATERAL (
                       SELECT max(agent_id) FILTER (WHERE state <> 'done') AS caller_id,
                              array_agg(started_at) FILTER (WHERE direction = 'out' AND started_at > %(lately)s)
                                  AS lately,
                              array_agg(ARRAY[local_hour, COALESCE(is_contact, 0)])
                                  FILTER (WHERE direction = 'out' AND state = 'done' AND local_hour IS NOT NULL
                                          AND company_id = ANY(%(seen)s)) AS answers
                         FROM (SELECT agent_id, state, direction, started_at, local_hour, is_contact, company_id
                                 FROM leads_agent_call WHERE partner_id = c.id
                             ORDER BY started_at DESC LIMIT %(remembered)s) calls
                       ) k
                 WHERE c.id = ANY(%(partners)s)
                """,
                cells=self._cells_sql("c"),
                refusals=self.env["res.partner"]._refusals_sql(SQL("c.id"), "call", but_judged=True),
                amount=self._amount_sql("o"),
                moment=newest.moment_sql(self.env, "o"),
                newest=newest.order_sql(self.env, SQL.identifier("c", "id")),
                standing=self._standing_sql("o", weights.half_life),
                partial=terms.PARTIAL_STATES,
                lately=now - timedelta(days=2),
                remembered=CALLS_REMEMBERED,
                partners=list(partner_ids),
                company=self.env.company.id,
                seen=self._seen_companies(),
            )
        )
        facts = {}
        lines_of = self._lines({row["id"]: row["cells"] or () for row in rows})
        for row in rows:
            lines = lines_of[row["id"]]
            number = next((number.e164 for number in choices(lines)), "")
            address = Address(
                row["country_code"] or "", row["state_code"] or "", row["zip"] or "", row["leads_zone"] or ""
            )
            zone = shown_zone(address, number)
            local = to_local(now, zone or "UTC")
            about = [
                is_contact
                for hour, is_contact in row["answers"] or ()
                if min((hour - local.hour) % 24, (local.hour - hour) % 24) <= ABOUT
            ]
            facts[row["id"]] = Facts(
                partner_id=row["id"],
                name=row["complete_name"] or "",
                address=address,
                zone=zone,
                clocks=Hours._clocks(address, number),
                lines=lines,
                refusals=tuple(row["refusals"]),
                is_ours=row["is_ours"],
                assignment_id=row["assignment_id"] or False,
                holder_id=row["agent_id"] or False,
                attempts=row["attempt_count"] or 0,
                assigned_at=row["assigned_at"],
                order_id=row["order_id"] or False,
                best_order_id=row["best_order_id"] or False,
                amount=float(row["amount"] or 0),
                ordered_at=row["ordered_at"],
                sales=row["sales"],
                caller_id=row["caller_id"] or False,
                most_calls=row["most_calls"] or 0,
                calls_today=sum(to_local(at, zone or "UTC").date() == local.date() for at in row["lately"] or ()),
                answered=sum(about),
                tried=len(about),
                callback_at=row["due_at"],
            )
        return facts

    @api.model
    def _seen_companies(self):
        """Ids of the companies whose orders, sales and calls the current user may be told of: those switched on."""
        own = self.env.user._get_company_ids()
        chosen = self.env.context.get("leads_companies") or self.env.context.get("allowed_company_ids") or own
        # Elevated, nobody checks what a client has switched on.
        return [company_id for company_id in own if company_id in set(chosen)]

    @api.model
    def _cells_sql(self, alias):
        """The cells with phone numbers of a customer and the contacts, the own first, for :meth:`_lines`."""
        return SQL(
            """
            SELECT jsonb_agg(
                       jsonb_build_array(p.id, p.name, p.phone, p.phone_sanitized, o.code, b.id IS NOT NULL)
                       ORDER BY p.id <> %(id)s, p.id) AS cells
              FROM res_partner p
         LEFT JOIN res_country o ON o.id = COALESCE(p.country_id, %(country)s)
         LEFT JOIN phone_blacklist b ON b.number = p.phone_sanitized AND %(in_force)s
             WHERE p.commercial_partner_id = %(id)s AND (p.active OR p.id = %(id)s) AND p.phone <> ''
            """,
            id=SQL.identifier(alias, "id"),
            country=SQL.identifier(alias, "country_id"),
            in_force=self.env["phone.blacklist"]._leads_in_force_sql("b"),
        )

    @api.model
    def _lines(self, cells_of):
        """What stands in the cells with phone numbers, as it can be dialled.

        :param dict cells_of: ``{partner_id: [(id, name, text, sanitized, country code, is blocked)]}``, the own first
        :returns: ``{partner_id: (Line,)}``
        """
        # What Odoo made one number of was looked up with the row; other numbers of the cell are asked for here.
        others = {
            number.e164
            for cells in cells_of.values()
            for _id, _name, text, sanitized, code, _blocked in cells
            for number in read_cell(text, code).numbers
            if number.e164 != sanitized
        }
        blocked = self.env["phone.blacklist"]._leads_blocked(others) if others else frozenset()
        return {
            partner_id: tuple(
                Line(
                    text,
                    cell := read_cell(text, code),
                    is_own=nr == partner_id,
                    is_blocked=is_blocked or any(number.e164 in blocked for number in cell.numbers),
                    contact="" if nr == partner_id else name or "",
                )
                for nr, name, text, _sanitized, code, is_blocked in cells
            )
            for partner_id, cells in cells_of.items()
        }

    # ------------------------------------------------------------------
    # The stored part of the expected value
    # ------------------------------------------------------------------

    @api.model
    def _amount_sql(self, alias):
        """What an order is worth in its company's currency: nothing, or less, where no amount is on it yet."""
        total, rate = SQL.identifier(alias, "amount_total"), SQL.identifier(alias, "currency_rate")
        return SQL("COALESCE(%s, 0) / COALESCE(NULLIF(%s, 0), 1)", total, rate)

    @api.model
    def _standing_sql(self, alias, half_life):
        """Amount and age of an order, as in :func:`next_lead.standing`."""
        return SQL(
            "(ln(GREATEST(%s, 1)::float) / ln(2) + extract(epoch FROM %s - %s::timestamp) / 86400 / %s)",
            self._amount_sql(alias),
            newest.moment_sql(self.env, alias),
            next_lead.EPOCH,
            half_life,
        )

    @api.model
    def _priority_sql(self, alias):
        """The priority of an active assignment: :func:`next_lead.standing` in SQL, a test compares the two."""
        weights = self.env.company._leads_weights()
        return SQL(
            """
            COALESCE(
                (SELECT max(%(standing)s) FROM sale_order o
                  WHERE o.leads_commercial_partner_id = %(partner)s AND o.state IN %(partial)s
                    AND o.company_id IN %(companies)s),
                extract(epoch FROM %(assigned)s - %(epoch)s::timestamp) / 86400 / %(half_life)s)
            + COALESCE(%(attempts)s, 0) * ln(%(fatigue)s::float) / ln(2)
            + ln(1 + %(loyalty)s * LEAST(%(most)s, (
                SELECT count(*) FROM leads_agent_assignment s
                 WHERE s.partner_id = %(partner)s AND s.is_sale = 1
                   AND s.company_id IN %(companies)s))::float) / ln(2)
            """,
            companies=SQL(
                "(SELECT m.cid FROM res_company_users_rel m WHERE m.user_id = %s)", SQL.identifier(alias, "agent_id")
            ),
            standing=self._standing_sql("o", weights.half_life),
            partner=SQL.identifier(alias, "partner_id"),
            partial=terms.PARTIAL_STATES,
            assigned=SQL.identifier(alias, "assigned_at"),
            epoch=next_lead.EPOCH,
            half_life=weights.half_life,
            attempts=SQL.identifier(alias, "attempt_count"),
            fatigue=weights.fatigue,
            loyalty=weights.loyalty,
            most=next_lead.MOST_SALES,
        )
