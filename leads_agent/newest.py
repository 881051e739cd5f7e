"""SQL for the newest order of a customer.

It has the latest ``date_order``, then the highest ID. An order dated in the future counts from its creation; otherwise
it would hide every order made until then.
"""

from odoo import fields
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL, Query

from .tools import terms

# Fields of orders that say which one is the newest, to be flushed.
FIELDS = ("leads_commercial_partner_id", "state", "date_order")


def moment_sql(env: Environment, alias: str) -> SQL:
    """Return the moment from which an order counts."""
    return SQL(
        "CASE WHEN %(date)s > %(now)s THEN %(created)s ELSE %(date)s END",
        date=SQL.identifier(alias, "date_order", to_flush=env["sale.order"]._fields["date_order"]),
        created=SQL.identifier(alias, "create_date", to_flush=env["sale.order"]._fields["create_date"]),
        now=fields.Datetime.now(),
    )


def is_partial_sql(alias: str) -> SQL:
    """Return the condition that an order is partial, as in ``sale.order.is_partial``."""
    return SQL("%s IN %s", SQL.identifier(alias, "state"), terms.PARTIAL_STATES)


def order_sql(env: Environment, customer: SQL) -> SQL:
    """Return the SELECT of ID and state of the newest order of a customer.

    The index gives the last one by date. Other orders are read only when that date is in the future.

    :param SQL customer: the id of a commercial customer
    """
    return SQL(
        """
        SELECT newest.id, newest.state
          FROM (SELECT id, state, date_order
                  FROM sale_order
                 WHERE leads_commercial_partner_id = %(customer)s
              ORDER BY date_order DESC, id DESC
                 LIMIT 1) latest
    CROSS JOIN LATERAL (
                SELECT latest.id, latest.state WHERE latest.date_order <= %(now)s
             UNION ALL
               (SELECT f.id, f.state
                  FROM sale_order f
                 WHERE latest.date_order > %(now)s AND f.leads_commercial_partner_id = %(customer)s
              ORDER BY %(moment)s DESC, f.id DESC
                 LIMIT 1)) newest
        """,
        customer=customer,
        now=fields.Datetime.now(),
        moment=moment_sql(env, "f"),
    )


def partial_query(env: Environment, customer: SQL) -> Query:
    """Return the query of the newest partial order of a customer that the user may read, for a LATERAL join.

    One customer at a time, or PostgreSQL scans all partial orders.

    :param SQL customer: the id of a commercial customer
    """
    Order = env["sale.order"]
    query = Order._search(Domain("is_partial", "=", True))
    query.add_where(SQL("%s = %s", Order._field_to_sql(Order._table, "leads_commercial_partner_id", query), customer))
    query.order = SQL("%s DESC, %s DESC", moment_sql(env, Order._table), SQL.identifier(Order._table, "id"))
    query.limit = 1
    return query


def latest_partial_orders(env: Environment, partner_ids, columns) -> list[dict]:
    """Return the newest readable partial order of each of these customers.

    :param columns: stored fields of ``sale.order`` to read
    :returns: dicts with ``partner_id`` and the columns
    """
    Order = env["sale.order"]
    query = partial_query(env, SQL("c.id"))
    return env.execute_query_dict(
        SQL(
            """
            SELECT c.id AS partner_id, newest.*
              FROM unnest(%s::int[]) AS c (id)
        CROSS JOIN LATERAL (%s) newest
            """,
            list(partner_ids),
            query.select(*(Order._field_to_sql(Order._table, name, query) for name in columns)),
        )
    )
