"""What is known of customers before a call: where they are, their phone numbers, their quotations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.leads_agent import newest
from odoo.addons.leads_agent.figures import amount_sql
from odoo.addons.leads_agent.tools.moments import to_local

from .tools import next_lead
from .tools.calling_hours import Clocks
from .tools.next_lead import Weights
from .tools.phone_numbers import Line, choices, read_cell
from .tools.timezones import NOWHERE, Address, shown_zone

# How many of the latest calls of a customer are used to find out when the customer answers.
CALLS_REMEMBERED = 30
# Hours before and after the current one that count as the same time of day.
ABOUT = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a customer can be called now, and how likely a sale is."""

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
        """The lead for the arithmetic; without a quotation, the date is that of the assignment."""
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


def read(env: Environment, partner_ids, weights: Weights) -> dict[int, Facts]:
    """Read the facts of commercial customers, in one query.

    :returns: facts by customer; IDs of missing customers are left out
    """
    if not partner_ids:
        return {}
    env.flush_all()
    now = fields.Datetime.now()
    rows = _select(env, partner_ids, weights, now)
    lines_of = read_lines(env, {row["id"]: row["cells"] or () for row in rows})
    return {row["id"]: _of_row(env, row, lines_of[row["id"]], now) for row in rows}


def _select(env: Environment, partner_ids, weights: Weights, now: datetime) -> list[dict]:
    """Select single values by subqueries: with a join for each, planning would take longer than the query itself."""
    return env.execute_query_dict(
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
                    WHERE o.leads_commercial_partner_id = c.id AND %(is_partial)s
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
            cells=cells_sql(env, "c"),
            refusals=env["res.partner"]._refusals_sql(SQL("c.id"), "call", but_judged=True),
            amount=amount_sql("o"),
            moment=newest.moment_sql(env, "o"),
            newest=newest.order_sql(env, SQL.identifier("c", "id")),
            standing=standing_sql(env, "o", weights.half_life),
            is_partial=newest.is_partial_sql("o"),
            lately=now - timedelta(days=2),
            remembered=CALLS_REMEMBERED,
            partners=list(partner_ids),
            company=env.company.id,
            seen=seen_companies(env),
        )
    )


def _of_row(env: Environment, row: dict, lines: tuple[Line, ...], now: datetime) -> Facts:
    number = next((number.e164 for number in choices(lines)), "")
    address = Address(row["country_code"] or "", row["state_code"] or "", row["zip"] or "", row["leads_zone"] or "")
    zone = shown_zone(address, number)
    local = to_local(now, zone or "UTC")
    about = [
        is_contact
        for hour, is_contact in row["answers"] or ()
        if min((hour - local.hour) % 24, (local.hour - hour) % 24) <= ABOUT
    ]
    return Facts(
        partner_id=row["id"],
        name=row["complete_name"] or "",
        address=address,
        zone=zone,
        clocks=env["leads.agent.calling.hours"]._clocks(address, number),
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


def seen_companies(env: Environment) -> list[int]:
    """Return the IDs of the active companies that the user belongs to, for orders, sales and calls."""
    own = env.user._get_company_ids()
    chosen = env.context.get("leads_companies") or env.context.get("allowed_company_ids") or own
    # Elevated code does not check the active companies sent by a client.
    return [company_id for company_id in own if company_id in set(chosen)]


def cells_sql(env: Environment, alias: str) -> SQL:
    """Select the phone fields of a customer and its contacts, the customer's own first, for :func:`read_lines`."""
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
        in_force=env["phone.blacklist"]._leads_in_force_sql("b"),
    )


def read_lines(env: Environment, cells_of: dict) -> dict[int, tuple[Line, ...]]:
    """Parse the phone fields into numbers that can be dialled.

    :param dict cells_of: ``{partner_id: [(id, name, text, sanitized, country code, is blocked)]}``, the own first
    :returns: ``{partner_id: (Line,)}``
    """
    # The query already checked the number that Odoo sanitized; other numbers of the field are checked here.
    others = {
        number.e164
        for cells in cells_of.values()
        for _id, _name, text, sanitized, code, _blocked in cells
        for number in read_cell(text, code).numbers
        if number.e164 != sanitized
    }
    blocked = env["phone.blacklist"]._leads_blocked(others) if others else frozenset()
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


def standing_sql(env: Environment, alias: str, half_life) -> SQL:
    """The SQL of :func:`next_lead.standing` for an order: its amount and age."""
    return SQL(
        "(ln(GREATEST(%s, 1)::float) / ln(2) + extract(epoch FROM %s - %s::timestamp) / 86400 / %s)",
        amount_sql(alias),
        newest.moment_sql(env, alias),
        next_lead.EPOCH,
        half_life,
    )
