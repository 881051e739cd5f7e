"""Insert the rows of messages before they are processed."""

from typing import NamedTuple

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

# Not processed yet.
UNSETTLED = ("arrived", "failed")


class New(NamedTuple):
    """A row that was inserted."""

    id: int
    channel: str
    key: str


def note(received, arrivals):
    """Insert the rows of new messages.

    :returns: as :meth:`LeadsAgentReceived._arrive`
    """
    env = received.env
    names = ("channel", "key", "about", "email_from", "subject", "body")
    now, uid, company_id = fields.Datetime.now(), env.uid, env.company.id
    # In SQL: the ORM cannot skip messages that another worker inserts at the same moment.
    rows = env.execute_query(
        SQL(
            """
            INSERT INTO leads_agent_received (%(columns)s, company_id, came_with, state,
                                              create_uid, create_date, write_uid, write_date)
                 VALUES %(rows)s
            ON CONFLICT (channel, key) DO NOTHING RETURNING id, channel, key
            """,
            columns=SQL(", ").join(map(SQL.identifier, names)),
            rows=SQL(", ").join(
                SQL(
                    "(%s, %s, %s, 'arrived', %s, %s, %s, %s)",
                    SQL(", ").join(SQL("%s", arrival.get(name) or None) for name in names),
                    arrival.get("company_id") or company_id,
                    fields.Json().convert_to_column(arrival.get("came_with"), received),
                    uid,
                    now,
                    uid,
                    now,
                )
                for arrival in arrivals
            ),
        )
    )
    new = [New(*row) for row in rows]
    ids = {(row.channel, row.key): row.id for row in new}
    keys = [(arrival["channel"], arrival["key"]) for arrival in arrivals]
    _keep_sources(received, [(ids[key], arrival) for key, arrival in zip(keys, arrivals, strict=True) if key in ids])
    if before := set(keys) - ids.keys():
        known = Domain.OR(Domain("channel", "=", channel) & Domain("key", "=", key) for channel, key in before)
        ids |= {(row.channel, row.key): row.id for row in received.search(known & Domain("state", "in", UNSETTLED))}
    return list(dict.fromkeys(ids[key] for key in keys if key in ids))


def _keep_sources(received, pairs):
    received.env["ir.attachment"].create(
        [
            {
                "name": name,
                "raw": raw,
                "mimetype": mimetype,
                "res_model": received._name,
                "res_id": nr,
            }
            for nr, arrival in pairs
            for name, raw, mimetype in arrival.get("sources", ())
        ]
    )
