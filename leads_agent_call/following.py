"""Callbacks follow their lead to the next agent, and their customer when customers merge. Elevated."""

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from .reminding import notify, refused


def follow_started(assignments):
    """Move open callbacks to the new holders. Each assignment stores the previous agent of the callback."""
    callbacks = assignments.env["leads.agent.callback"]
    callbacks.flush_model()
    callbacks.env.cr.execute(
        SQL(
            """
            WITH came AS (
                SELECT c.id, c.agent_id AS former_id, a.id AS assignment_id, a.agent_id
                  FROM leads_agent_callback c
                  JOIN leads_agent_assignment a ON a.partner_id = c.partner_id
                 WHERE a.id = ANY(%s) AND c.state = 'open'
            ), remembered AS (
                UPDATE leads_agent_assignment a SET callback_id = came.id, callback_agent_id = came.former_id
                  FROM came WHERE a.id = came.assignment_id
            )
            UPDATE leads_agent_callback c SET agent_id = came.agent_id FROM came WHERE c.id = came.id
            """,
            assignments.ids,
        )
    )
    callbacks.invalidate_model(flush=False)
    assignments.invalidate_model(["callback_id", "callback_agent_id"], flush=False)


def follow_ended(assignments, end_reason):
    """Cancel the callbacks of closed leads; those of other leads stay open for the call center."""
    match end_reason:
        case "resolved" | "sale":
            change = SQL("state = 'cancelled', closed_at = %s", assignments.env.cr.now().replace(microsecond=0))
        case "reassigned" | "undone":
            # The callback follows the new or resumed assignment.
            return
        case _:
            change = SQL("agent_id = NULL")
    callbacks = assignments.env["leads.agent.callback"]
    callbacks.flush_model()
    assignments.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_callback c SET %s
              FROM leads_agent_assignment a
             WHERE a.id = ANY(%s) AND c.partner_id = a.partner_id AND c.state = 'open'
               AND (%s OR c.agent_id = a.agent_id)
            """,
            change,
            assignments.ids,
            end_reason in ("resolved", "sale"),
        )
    )
    callbacks.invalidate_model(flush=False)


def follow_undone(assignments):
    """Return callbacks to their previous agents, or to the call center if these no longer make calls."""
    unable = list(assignments.callback_agent_id._leads_unable())
    callbacks = assignments.env["leads.agent.callback"]
    callbacks.flush_model()
    assignments.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_callback c
               SET agent_id = CASE WHEN a.callback_agent_id = ANY(%s) THEN NULL ELSE a.callback_agent_id END
              FROM leads_agent_assignment a
             WHERE a.id = ANY(%s) AND c.id = a.callback_id AND c.state = 'open'
               AND (c.agent_id = a.agent_id OR c.agent_id IS NULL)
            """,
            unable,
            assignments.ids,
        )
    )
    callbacks.invalidate_model(flush=False)


def follow_companies(customers):
    """Update the company of open callbacks after their customers changed company."""
    for callback in customers.env["leads.agent.callback"]._open_of(customers.filtered("company_id")):
        if callback.company_id != callback.partner_id.company_id:
            callback.company_id = callback.partner_id.company_id


def release(users):
    """Open the callbacks of these users to the call center immediately."""
    if promised := users.env["leads.agent.callback"].search([("agent_id", "in", users.ids), ("state", "=", "open")]):
        promised.agent_id = False


def cancel_for(customers):
    """Cancel the callbacks of customers who may no longer be called, and notify their agents."""
    callbacks = customers.env["leads.agent.callback"]._open_of(customers)
    callbacks._close("cancelled")
    for callback in callbacks.filtered("agent_id"):
        agent = callback.agent_id
        notify(callback.with_context(lang=agent.lang, tz=agent.tz), agent)


def pass_to(env: Environment, entity_of):
    """Move callbacks to the merged customers.

    Of several for one customer, the first due is kept, with all notes, unless the customer may no longer be called.

    :param dict entity_of: ``{partner_id: ID of the customer it now belongs to}``
    """
    callbacks = env["leads.agent.callback"].search(Domain("partner_id", "in", [*entity_of, *entity_of.values()]))
    for entity_id, together in callbacks.grouped(
        lambda callback: entity_of.get(callback.partner_id.id, callback.partner_id.id)
    ).items():
        promises = together.filtered(lambda callback: callback.state == "open").sorted("due_at")
        if len(promises) > 1:
            promises[1:]._close("cancelled")
            promises[0].note = "\n".join(filter(None, promises.mapped("note")))
            # Flush before changing the customer: each may have only one open callback.
            promises.flush_model()
        together.filtered(lambda callback, entity_id=entity_id: callback.partner_id.id != entity_id).write(
            {"partner_id": entity_id}
        )
    # A customer merged with one who does not want calls is not called either.
    if opened := callbacks.filtered(lambda callback: callback.state == "open"):
        facts_of = env["leads.agent.desk"]._facts(opened.partner_id.ids)
        cancel_for(refused(opened, facts_of).partner_id)
