"""Cooling-off: how long a customer is left alone after a lead was resolved, by its disposition."""

import pytz

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL, format_date

from .tools.eligibility import Cause
from .tools.refusals import Refusal


def _last_resolution(customer: SQL) -> SQL:
    """Query the end of the cooling-off after a customer's newest resolution, and its disposition."""
    return SQL(
        """
        SELECT a.ended_at + d.cooling_days * interval '1 day' AS until, a.disposition_id
          FROM leads_agent_assignment a
     LEFT JOIN leads_agent_disposition d ON d.id = a.disposition_id
         WHERE a.partner_id = %s AND a.state = 'resolved'
      ORDER BY a.ended_at DESC, a.id DESC
         LIMIT 1
        """,
        customer,
    )


def _is_cooling(env: Environment, customer: SQL) -> SQL:
    return SQL("EXISTS (SELECT FROM (%s) r WHERE r.until > %s)", _last_resolution(customer), fields.Datetime.now())


def until(env: Environment, cause: Cause) -> str:
    """Return the outcome that began the cooling-off, and when it ends."""
    return env._(
        "%(disposition)s, until %(date)s",
        disposition=cause.name,
        date=format_date(env, pytz.utc.localize(cause.until)),
    )


def _sentence(env: Environment, customer: str, cause: Cause) -> str:
    return env._(
        "%(customer)s was resolved as '%(disposition)s' and is in cooling-off until %(date)s. A manager "
        "can still assign the customer manually.",
        customer=customer,
        disposition=cause.name,
        date=format_date(env, pytz.utc.localize(cause.until)),
    )


REFUSAL = Refusal(
    "cooling",
    frozenset(("share",)),
    condition=_is_cooling,
    sentence=_sentence,
    title=lambda env: env._("In cooling-off. A manager can still assign them manually"),
)


def causes(env: Environment, partner_ids: list[int]) -> dict[int, Cause]:
    """Return the end of the cooling-off of each of these customers, and the name of the outcome."""
    if not partner_ids:
        return {}
    rows = env.execute_query(
        SQL(
            """
            SELECT t.id, r.until, r.disposition_id
              FROM unnest(%s::int[]) AS t (id)
        CROSS JOIN LATERAL (%s) r
            """,
            partner_ids,
            _last_resolution(SQL("t.id")),
        )
    )
    # sudo: leads.agent.disposition - the name of the outcome is part of the sentence for any reader
    outcomes = env["leads.agent.disposition"].sudo().browse({outcome_id for _partner_id, _until, outcome_id in rows})
    name_of = {outcome.id: outcome.name for outcome in outcomes}
    return {partner_id: Cause("cooling", until=until, name=name_of[nr]) for partner_id, until, nr in rows}
