"""Count the work of agents in the figures: leads and orders, not rows.

The dashboard, the live floor, the cards of agents, the analysis and *Next* add up the same stored figures. They are
computed from the log alone, by one statement (:func:`_recount_sql`).

Consecutive assignments of one agent (reopened, or assigned again for the same order) are one lead, up to a valid sale.
The first of them is *assigned*, the last of them may be *resolved*. Undone assignments never count, nor do those that
were reassigned or merged away, with the agent's earlier ones of the same lead. A *sale* is an order that is confirmed
now, for the holder of the lead at its last confirmation. *Conversion* counts each order once: 1 when it is the agent's
sale, 0 while it is a quotation or cancelled.

*Value* is the total of an order with taxes, as order lists show it, in the currency of the current company
(:func:`value_sql`): *sold* of the sales of today, *open* of the newest quotation of each lead now.
"""

from collections import namedtuple

from odoo import fields
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

CONVERSION_DAYS = 30
# An assignment whose figures changed.
Recounted = namedtuple("Recounted", "id is_other_sale")
FIGURES = ("is_assigned", "is_resolved", "is_sale", "conversion")


def in_conversion() -> Domain:
    """Return the domain of assignments that count in the conversion, as sales or not."""
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL("%s IS NOT NULL", model._field_to_sql(alias, "conversion", query))
    )


def amount_sql(alias: str) -> SQL:
    """Return the total of an order in the currency of its company; 0 or less while it has no amount yet."""
    total, rate = SQL.identifier(alias, "amount_total"), SQL.identifier(alias, "currency_rate")
    return SQL("COALESCE(%s, 0) / COALESCE(NULLIF(%s, 0), 1)", total, rate)


def value_sql(env: Environment, alias: str) -> SQL:
    """Return the value of an order in the currency of the current company, at the rate of today.

    Fields of ``sale.order`` must be flushed.
    """
    # sudo: res.company, res.currency - the currencies of one's own companies
    company, companies = env.company.sudo(), env.companies.sudo()
    today = fields.Date.context_today(company)
    factors = [
        SQL(
            "WHEN %s THEN %s", other.id, other.currency_id._convert(1, company.currency_id, company, today, round=False)
        )
        for other in companies
        if other.currency_id != company.currency_id
    ]
    amount = amount_sql(alias)
    if not factors:
        return amount
    return SQL("%s * CASE %s %s ELSE 1 END", amount, SQL.identifier(alias, "company_id"), SQL(" ").join(factors))


def lead_before_sql(alias: str) -> SQL:
    """The SELECT of the first assignment of a lead that comes back to an agent for the same order.

    :param str alias: has ``partner_id``, ``agent_id`` and ``order_id`` of the assignment to be made
    """
    return SQL(
        """
        SELECT COALESCE(b.first_id, b.id) FROM leads_agent_assignment b
         WHERE b.partner_id = %(partner)s AND b.agent_id = %(agent)s
           AND (b.order_id = %(order)s OR b.sale_order_id = %(order)s)
      ORDER BY b.id DESC LIMIT 1
        """,
        partner=SQL.identifier(alias, "partner_id"),
        agent=SQL.identifier(alias, "agent_id"),
        order=SQL.identifier(alias, "order_id"),
    )


def _recount_sql(condition: SQL, sold) -> SQL:
    """Return the statement that recomputes the figures of some leads and writes only changed ones.

    :param SQL condition: of assignments ``a``; all of their leads are counted
    :param sold: ids of orders that became sales in this transaction, which need not be flushed
    """
    return SQL(
        """
        WITH firsts AS MATERIALIZED (
            SELECT DISTINCT COALESCE(a.first_id, a.id) AS id FROM leads_agent_assignment a WHERE %(condition)s
        ), log AS MATERIALIZED (
            SELECT a.id, f.id AS first_id, a.state, a.end_reason, a.is_sale AS was_sale,
                   a.end_reason IS NOT DISTINCT FROM 'undone' AS is_undone, o.state AS order_state,
                   COALESCE(a.end_reason = 'sale' AND a.sale_order_id IS NOT NULL AND o.state = 'sale', FALSE)
                       AND NOT EXISTS (
                           SELECT FROM leads_agent_assignment b
                            WHERE b.sale_order_id = a.sale_order_id AND b.id > a.id) AS is_sold
              FROM firsts f
        CROSS JOIN LATERAL (
                   SELECT * FROM leads_agent_assignment WHERE id = f.id
                UNION ALL
                   SELECT * FROM leads_agent_assignment WHERE first_id = f.id) a
         LEFT JOIN LATERAL (
                   SELECT CASE WHEN id = ANY(%(sold)s) THEN 'sale' ELSE state END AS state
                     FROM sale_order WHERE id = COALESCE(a.sale_order_id, a.order_id)) o ON TRUE
        ), leads AS (
            SELECT *, count(*) FILTER (WHERE is_sold) OVER (PARTITION BY first_id ORDER BY id) - is_sold::int
                   AS sales_before
              FROM log
        ), kept AS (
            SELECT *, is_undone OR COALESCE(bool_or(end_reason = 'reassigned') OVER future, FALSE)
                   OR COALESCE(first_value(end_reason) OVER future = 'merged', FALSE) AS is_lost
              FROM leads
            WINDOW future AS (PARTITION BY first_id, is_undone, sales_before ORDER BY id DESC)
        ), figures AS (
            SELECT id, was_sale, (NOT is_lost AND lag(id) OVER lead IS NULL)::int AS is_assigned,
                   (NOT is_lost AND lead(id) OVER lead IS NULL AND state = 'resolved')::int AS is_resolved,
                   is_sold::int AS is_sale,
                   CASE WHEN is_sold THEN 1
                        WHEN NOT is_lost AND lead(id) OVER lead IS NULL AND order_state <> 'sale' THEN 0
                         END::float AS conversion
              FROM kept
            WINDOW lead AS (PARTITION BY first_id, sales_before, is_lost ORDER BY id)
        )
        UPDATE leads_agent_assignment a
           SET is_assigned = f.is_assigned, is_resolved = f.is_resolved, is_sale = f.is_sale,
               conversion = f.conversion
          FROM figures f
         WHERE a.id = f.id AND (a.is_assigned, a.is_resolved, a.is_sale, a.conversion)
                   IS DISTINCT FROM (f.is_assigned, f.is_resolved, f.is_sale, f.conversion)
     RETURNING a.id, COALESCE(f.was_sale, 0) <> f.is_sale
        """,
        condition=condition,
        sold=list(sold),
    )


def _recount(assignments, condition: SQL, sold=()) -> list[Recounted]:
    # In SQL: window functions over the leads of a batch, 10,000 and more, in one statement.
    rows = assignments.env.execute_query(_recount_sql(condition, sold))
    assignments.invalidate_model(FIGURES, flush=False)
    return [Recounted(*row) for row in rows]


def count_logged(assignments, order_ids=()) -> None:
    """Elevated: count assignments that just began or ended, by the sale of these orders or otherwise.

    A new lead was already counted on insertion.
    """
    condition = SQL("a.id = ANY(%s) AND (a.first_id IS NOT NULL OR a.state <> 'active')", assignments.ids)
    if order_ids:
        condition = SQL("%s OR %s", condition, _of_orders_sql(order_ids))
    _recount(assignments, condition, order_ids)


def _of_orders_sql(order_ids) -> SQL:
    return SQL("a.order_id = ANY(%(ids)s) OR a.sale_order_id = ANY(%(ids)s)", ids=list(order_ids))


def recount(env: Environment, condition: SQL) -> None:
    """Elevated: recount some leads, and update everything that depends on them.

    :param condition: of assignments ``a``
    """
    assignments = env["leads.agent.assignment"]
    env["sale.order"].flush_model(["state"])
    assignments.flush_model()
    rows = _recount(assignments, condition)
    if changed := assignments.browse(row.id for row in rows if row.is_other_sale):
        changed._on_sales_changed()
    assignments.browse(row.id for row in rows).agent_id._leads_dashboard_changed()


def recount_orders(orders) -> None:
    """Elevated: recount after orders became sales, or no longer are, without ending a lead."""
    recount(orders.env, _of_orders_sql(orders.ids))


def sold_again(orders) -> None:
    """Elevated: recount orders confirmed while nobody holds their customers, which may have been sales before.

    The agent who had the sale gets it back, unless a colleague made it.
    """
    env = orders.env
    if env.user.can_hold_leads:
        of_others = Domain("sale_order_id", "in", orders.ids) & Domain("agent_id", "!=", env.uid)
        env["leads.agent.assignment"].search(of_others).sale_order_id = False
    recount_orders(orders)


def go_on_with(env: Environment, former_of: dict) -> None:
    """Elevated: link new assignments to the former ones of the same agent that they continue.

    :param former_of: ``{assignment: former one}``
    """
    for assignment, former in former_of.items():
        assignment.first_id = former.first_id or former
    if former_of:
        recount(env, SQL("a.id = ANY(%s)", [assignment.id for assignment in former_of]))


def count_all(env: Environment) -> None:
    """Elevated: count everything, in a database from before the figures were stored.

    Assignments of one agent for one order are one lead there.
    """
    env.flush_all()
    env.cr.execute(
        """
        UPDATE leads_agent_assignment a SET first_id = f.first_id
          FROM (SELECT id, min(id) OVER (PARTITION BY agent_id, order_id) AS first_id
                  FROM leads_agent_assignment WHERE order_id IS NOT NULL) f
         WHERE a.id = f.id AND f.first_id < a.id
        """
    )
    assignments = env["leads.agent.assignment"]
    rows = _recount(assignments, SQL("TRUE"))
    env.invalidate_all()
    assignments.browse(row.id for row in rows if row.is_other_sale)._on_sales_changed()
