"""In which order *Next* looks at the leads of an agent: the most promising first, where calls are allowed now."""

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

# How many leads are looked at together; four times as many each time that the best may lie further down.
CHUNK = 5
# How far the stored value may be off the one that is computed.
ROUNDING = 1e-4
# Below whatever is stored.
LOWEST = -1e9


@dataclass
class Walk:
    """The search for the lead of the highest expected value among those of an agent that can be called now.

    :param desk: elevated ``leads.agent.desk``
    :param user: the agent
    :param skipped: ids of customers whom the agent passed over
    """

    desk: BaseModel
    user: BaseModel
    weights: next_lead.Weights
    skipped: Collection[int]
    now: datetime = field(default_factory=fields.Datetime.now)

    def best(self) -> Facts | None:
        """Return the facts of the best lead, or None.

        Leads come in the order of what they may be worth at most, so the walk ends where the next one cannot win.
        """
        best, places, offset, size = None, None, 0, CHUNK
        while True:
            # One more than is looked at, which tells how much the others may be worth.
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
                # The usual reason is the hour: from here on, only where calls are allowed now.
                offset, places = 0, open_places(self.desk.env, self.user, self.now)

    def _next(self, best, places, limit, offset):
        """Return customers who may be called again, the most promising first.

        Those who were never called are worth what is stored. Others may be worth so much more, by their answers at this
        hour; of these only those are looked up that could stand among the first.

        :param Facts best: who has to be beaten, if anybody
        :param places: where they must be, as in :func:`open_places`, if anywhere
        :returns: ``[(id, expected value at most)]``
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
        """The FROM and WHERE of the agent's leads that are not held back."""
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
    """Where leads of a user are that might be called at this moment: by one of the clocks there at least.

    What the zip and the number of a lead say besides is looked at lead by lead. Where the address says nothing, or
    a country with several zones, the beginning of the number stands for the place.

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
    """What tells the place of a customer: confirmed zone, country, state, and the beginning of the number."""
    # sudo: res.country - ids of countries
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
