"""The order in which *Next* checks an agent's leads: the highest expected value first, where calls are allowed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from odoo import fields
from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools import SQL

from .facts import Facts
from .tools import next_lead
from .tools.attempt import Attempt
from .tools.timezones import MANY_ZONES, Address

# How many leads are checked together; four times as many in each further round.
CHUNK = 5
# The maximum difference between the stored value and the computed one.
ROUNDING = 1e-4
# Lower than any stored value.
LOWEST = -1e9


@dataclass
class Walk:
    """The search for the lead with the highest expected value among an agent's leads that can be called now.

    :param desk: elevated ``leads.agent.desk``
    :param user: the agent
    :param skipped: IDs of customers that the agent skipped
    """

    desk: BaseModel
    user: BaseModel
    weights: next_lead.Weights
    skipped: Collection[int]
    now: datetime = field(default_factory=fields.Datetime.now)

    def best(self) -> Facts | None:
        """Return the facts of the best lead, or None.

        Leads are sorted by their maximum possible value, so the search ends where the next one cannot be better.
        """
        best, places, offset, size = None, None, 0, CHUNK
        while True:
            # One more than is checked: it limits the value of all others.
            rows = self._next(best, places, size + 1, offset)
            facts_of = self.desk._facts([partner_id for partner_id, _most in rows[:size]], self.weights)
            callable_now = [
                facts for facts in facts_of.values() if not self.desk._refusal(Attempt(facts, self.user, self.now))
            ]
            if callable_now:
                leads = {facts.lead: facts for facts in [*callable_now, *([best] if best else [])]}
                best = leads[next_lead.rank(leads, self.weights, self.now)[0].lead]
            if len(rows) <= size or (best and next_lead.score(best.lead, self.weights) > rows[size][1] + ROUNDING):
                return best
            offset, size = offset + size, size * 4
            if places is None and not best:
                # Mostly the hour is the reason: from here on, only search places where calls are allowed now.
                offset, places = 0, open_places(self.desk.env, self.user, self.now)

    def _next(self, best, places, limit, offset):
        """Return customers who may be called again, the highest value first.

        The value of leads that were never called is the stored one. Others may be worth more because of their answers
        at this hour; only those that could be among the first are looked up.

        :param Facts best: the lead to beat, if any
        :param places: their places, as returned by :func:`open_places`; None: anywhere
        :returns: ``[(id, maximum expected value)]``
        """
        if places is not None and not places:
            return []
        least = next_lead.score(best.lead, self.weights) - ROUNDING if best else LOWEST
        return self.desk.env.execute_query(
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
                leads=self._leads_sql(places),
                was_called=SQL(
                    "(EXISTS (SELECT FROM leads_agent_call k"
                    " WHERE k.partner_id = a.partner_id AND k.direction = 'out' AND k.state = 'done') IS TRUE)"
                ),
                answers=self.weights.answers * next_lead.MOST_ANSWER,
                beats=SQL("AND a.priority >= %s", least) if best else SQL(),
                least=least,
                lowest=LOWEST,
                end=offset + limit,
                limit=limit,
                offset=offset,
            )
        )

    def _leads_sql(self, places) -> SQL:
        """The FROM and WHERE of the agent's leads that may be called again now."""
        is_open = SQL()
        if places is not None:
            is_open = SQL(
                "AND EXISTS (SELECT FROM res_partner p WHERE p.id = a.partner_id AND (%s) IN %s)",
                _place_sql(self.desk.env, "p"),
                tuple(places),
            )
        return SQL(
            """
              FROM leads_agent_assignment a
             WHERE a.agent_id = %(uid)s AND a.state = 'active'
               AND (a.next_call_at IS NULL OR a.next_call_at <= %(now)s)
               AND NOT EXISTS (
                   SELECT FROM leads_agent_callback c
                    WHERE c.partner_id = a.partner_id AND c.state = 'open' AND c.due_at > %(now)s)
               %(skipped)s %(places)s
            """,
            uid=self.user.id,
            now=self.now,
            skipped=SQL("AND a.partner_id <> ALL(%s)", list(self.skipped)) if self.skipped else SQL(),
            places=is_open,
        )


def open_places(env: Environment, user, now):
    """Return the places of a user's leads where calls may be legal now: in at least one of their zones.

    The zip and the complete number are checked later for each lead. If the address is unknown, or is a country with
    several zones, the first digits of the number identify the place.

    :returns: rows of :func:`_place_sql`
    """
    Hours = env["leads.agent.calling.hours"]
    rows = env.execute_query(
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
            place=_place_sql(env, "p"),
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


def _place_sql(env: Environment, alias: str) -> SQL:
    """Select what identifies a customer's place: confirmed zone, country, state, first digits of the number."""
    # sudo: res.country - IDs of countries
    many = env["res.country"].sudo().search([("code", "in", MANY_ZONES)])
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
