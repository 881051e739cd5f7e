"""Return leads to the pool that nobody contacts within the days of the setting."""

from datetime import timedelta

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from . import jobs

CHUNK = 1_000


def release_all(env: Environment) -> None:
    """Elevated: take leads back in chunks, in all companies; can be run again safely."""
    jobs.run(env, env["res.company"].search([("leads_agent_untouched_days", ">", 0)]), release)


def release(company: BaseModel) -> BaseModel | None:
    """Take one chunk back. A message, note, call or done activity since the assignment is a contact.

    :returns: the company, if it may have more such leads
    """
    env, days = company.env, company.leads_agent_untouched_days
    untouched = Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "(%(contact)s IS NULL OR %(contact)s < %(assigned)s)",
            contact=SQL.identifier(alias, "last_contact_at"),
            assigned=SQL.identifier(alias, "assigned_at"),
        )
    )
    chunk = env["leads.agent.assignment"].search(
        Domain("state", "=", "active")
        & Domain("company_id", "=", company.id)
        & Domain("assigned_at", "<", env.cr.now() - timedelta(days=days))
        & untouched,
        order="id",
        limit=CHUNK,
    )
    if chunk:
        note = env._("Back in the pool: not contacted within %s days.", days)
        chunk._end("unassigned", note=note, untouched_days=days)
    return company if len(chunk) == CHUNK else None
