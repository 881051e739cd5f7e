"""SQL for the newest order of a customer.

It has the latest ``date_order``, then the highest ID. An order dated in the future counts from its creation; otherwise
it would hide every order made until then.
"""

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from .tools import terms


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
