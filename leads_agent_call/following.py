"""How callbacks follow: their lead to the next agent, their customer when customers merge. All of it elevated."""

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from .reminding import refused, tell


def follow_started(assignments):
    """The new holders keep what was promised. Each assignment remembers whose it was before."""
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
    """Of a lead that is closed nothing is promised any more; of others, the call center keeps it."""
    match end_reason:
        case "resolved" | "sale":
            change = SQL("state = 'cancelled', closed_at = %s", assignments.env.cr.now().replace(microsecond=0))
        case "reassigned" | "undone":
            # With the assignment that begins, or goes on, instead
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
    """What came along with leads is whose it was; nobody's where that is nobody who calls."""
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
    """Customers belong to another company now, and so does what was promised to them."""
    for callback in customers.env["leads.agent.callback"]._open_of(customers.filtered("company_id")):
        if callback.company_id != callback.partner_id.company_id:
            callback.company_id = callback.partner_id.company_id


def release(users):
    """Open to the call center at once what these users promised."""
    if promised := users.env["leads.agent.callback"].search([("agent_id", "in", users.ids), ("state", "=", "open")]):
        promised.agent_id = False


def cancel_for(customers):
    """These customers may not be called any more; who promised it is told."""
    callbacks = customers.env["leads.agent.callback"]._open_of(customers)
    callbacks._close("cancelled")
    for callback in callbacks.filtered("agent_id"):
        agent = callback.agent_id
        tell(callback.with_context(lang=agent.lang, tz=agent.tz), agent)


def pass_to(env: Environment, entity_of):
    """Customers became others; of several promises to one, the first due stays, with all notes, unless
    they may not be called any more.

    :param dict entity_of: ``{partner_id: id of the customer it belongs to now}``
    """
    callbacks = env["leads.agent.callback"].search(Domain("partner_id", "in", [*entity_of, *entity_of.values()]))
    for entity_id, together in callbacks.grouped(
        lambda callback: entity_of.get(callback.partner_id.id, callback.partner_id.id)
    ).items():
        promises = together.filtered(lambda callback: callback.state == "open").sorted("due_at")
        if len(promises) > 1:
            promises[1:]._close("cancelled")
            promises[0].note = "\n".join(filter(None, promises.mapped("note")))
            # Before one takes the place of the other
            promises.flush_model()
        together.filtered(lambda callback, entity_id=entity_id: callback.partner_id.id != entity_id).write(
            {"partner_id": entity_id}
        )
    # Who became one with somebody who does not want calls is not called either.
    if opened := callbacks.filtered(lambda callback: callback.state == "open"):
        facts_of = env["leads.agent.desk"]._facts(opened.partner_id.ids)
        cancel_for(refused(opened, facts_of).partner_id)
