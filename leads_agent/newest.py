"""Which order of a customer is the newest.

The one with the latest ``date_order``, the higher id of two. An order that is dated in the future counts from when it
was entered, or it would hide every order made until then.
"""

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from .tools import terms


def moment_sql(env: Environment, alias: str) -> SQL:
    """From when an order counts."""
    return SQL(
        "CASE WHEN %(date)s > %(now)s THEN %(created)s ELSE %(date)s END",
        date=SQL.identifier(alias, "date_order", to_flush=env["sale.order"]._fields["date_order"]),
        created=SQL.identifier(alias, "create_date", to_flush=env["sale.order"]._fields["create_date"]),
        now=fields.Datetime.now(),
    )


def is_partial_sql(alias: str) -> SQL:
    """That an order is a partial one, as ``sale.order.is_partial`` says."""
    return SQL("%s IN %s", SQL.identifier(alias, "state"), terms.PARTIAL_STATES)


def order_sql(env: Environment, customer: SQL) -> SQL:
    """The SELECT of id and state of the newest order of a customer.

    The index gives the last one by date. The other orders are read only where that date lies in the future.

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
