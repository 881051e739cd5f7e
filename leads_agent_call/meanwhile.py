"""What other users do while an agent is on the phone: with the lead, the customer or the call.

The agent sees it immediately: the bus sends a message without content, and the web client then reads the sentence.
Elevated.
"""

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from . import following


def sentence(call) -> str:
    """Return what another user did since the call began; empty if nothing happened."""
    if call.state == "done":
        return closing_sentence(call)
    lead, holder = call.assignment_id, call.partner_id.leads_agent_id
    is_changed = lead.state != "active" if lead else bool(holder)
    if not is_changed or holder == call.agent_id or lead.ended_by_id == call.agent_id:
        return ""
    changed = _lead_sentence(call, lead, holder)
    return changed + " " + call.env._("Log how the call ended as usual. Your note is kept.")


def closing_sentence(call) -> str:
    """Return who closed the call; empty if its agent did."""
    if not call.closed_by_id or call.closed_by_id == call.agent_id:
        return ""
    names = {"user": _name_of(call.env, call.closed_by_id), "customer": call.partner_id.complete_name or ""}
    if call.is_sale:
        return call.env._(
            "%(user)s confirmed an order of %(customer)s: your call has its outcome, '%(outcome)s'.",
            outcome=call.disposition_id.name,
            **names,
        )
    return call.env._("%(user)s merged %(customer)s with another customer: your call is over.", **names)


def keep_note(call, note: str) -> str:
    """Keep what the agent wrote about a call that somebody else closed, and say what happened.

    :returns: empty when nobody else closed the call, and then nothing is written
    """
    happened = call.state == "done" and closing_sentence(call)
    if not happened:
        return ""
    if note:
        call.note = "\n".join(filter(None, (call.note, note)))
        happened += " " + call.env._("Your note is kept with the call.")
    return happened


def _lead_sentence(call, lead, holder) -> str:
    """Return what happened to the lead, and who did it."""
    if not lead or holder:
        # The lead as it is now.
        current = call.partner_id.leads_assignment_ids.filtered(lambda a: a.state == "active")[:1]
    names = {
        "user": _name_of(call.env, lead.ended_by_id if lead else current.assigned_by_id),
        "customer": call.partner_id.complete_name or "",
    }
    match lead.end_reason:
        case "resolved":
            return call.env._(
                "%(user)s resolved the lead %(customer)s: %(outcome)s.",
                outcome=lead.disposition_id.name,
                **names,
            )
        case "sale":
            return call.env._("%(user)s confirmed an order of %(customer)s: the lead is closed.", **names)
    if holder:
        return call.env._("%(user)s assigned the lead %(customer)s to %(holder)s.", holder=holder.name, **names)
    return call.env._("%(user)s took back the lead %(customer)s.", **names)


def _name_of(env: Environment, user) -> str:
    """Portal and public users accept offers online; their names say nothing."""
    return user.name if user and user._is_internal() else env._("The customer")


def notify(env: Environment, rows) -> None:
    """Elevated: notify agents that other users changed the subject of their calls.

    :param rows: ``(call, agent)`` IDs
    """
    told = env.cr.precommit.data.setdefault("leads_agent.changed_calls", set())
    for call_id, agent_id in rows:
        if call_id not in told and agent_id != env.uid:
            told.add(call_id)
            agent = env["res.users"].browse(agent_id)
            # Contains no name: the web client reads what happened.
            agent._bus_send("leads_agent/call_changed", {"call_id": call_id})
            agent._leads_dashboard_changed()


def follow_leads(assignments, end_reason="") -> None:
    """Elevated: notify agents on the phone whose lead was assigned to somebody else or ended.

    :param str end_reason: why the leads ended; empty: they were assigned
    """
    calls = assignments.env["leads.agent.call"]
    match end_reason:
        case "":
            concerned = SQL("c.agent_id <> a.agent_id")
        case "resolved" | "sale":
            concerned = SQL("TRUE")
        case _:
            concerned = SQL("c.agent_id = a.agent_id")
    calls.flush_model(["partner_id", "agent_id", "state"])
    rows = calls.env.execute_query(
        SQL(
            """
            SELECT c.id, c.agent_id
              FROM leads_agent_call c
              JOIN leads_agent_assignment a ON a.partner_id = c.partner_id
             WHERE c.state <> 'done' AND a.id = ANY(%s) AND %s
            """,
            assignments.ids,
            concerned,
        )
    )
    notify(calls.env, rows)
    if end_reason == "sale":
        _close_by_sale(calls.browse(call_id for call_id, _agent_id in rows), assignments)


def _close_by_sale(calls, assignments) -> None:
    """Elevated: close the calls of customers who bought during the call, with the outcome *sale*.

    :param assignments: leads that were just sold
    """
    calls = calls.filtered(lambda call: call.assignment_id in assignments)
    if not calls:
        return
    calls._end(
        {
            "disposition_id": calls.env["leads.agent.disposition"]._set_by_sale().id,
            "is_contact": 1,
            "is_sale": 1,
            "closed_by_id": calls.env.uid,
        }
    )
    notify(calls.env, [(call.id, call.agent_id.id) for call in calls])
    for call in calls:
        call.callback_id._close("done", call)
    calls.env["leads.agent.history"]._log_calls(calls)


def follow_sales(assignments) -> None:
    """Elevated: sales of these leads began or ceased to count, and the calls in which they were made follow."""
    closing = assignments.env["leads.agent.disposition"]._set_by_sale()
    of_sales = Domain("assignment_id", "in", assignments.ids) & Domain("disposition_id", "=", closing.id)
    for call in assignments.env["leads.agent.call"].search(of_sales):
        call.is_sale = call.assignment_id.is_sale


def leave(customers) -> None:
    """Elevated: end the calls with customers who turned out to be one of us."""
    calls = customers.env["leads.agent.call"].search(
        Domain("partner_id", "in", customers.ids) & Domain("state", "!=", "done")
    )
    for call in calls:
        call._end({"note": call.partner_id._leads_ours_sentence(call.partner_id.complete_name)})


def abandon(users) -> None:
    """Elevated: end the calls of users who can no longer log outcomes, so that their customers can be called."""
    calls = users.env["leads.agent.call"].search([("agent_id", "in", users.ids), ("state", "!=", "done")])
    calls._end({})


def pass_to(env: Environment, entity_of: dict[int, int]) -> None:
    """Elevated: move calls and callbacks to the merged customers.

    Of several running calls with one customer, the first continues.

    :param dict entity_of: ``{partner_id: ID of the customer it now belongs to}``
    """
    calls = env["leads.agent.call"].search(
        Domain("partner_id", "in", [*entity_of, *entity_of.values()]), order="started_at, id"
    )
    for entity_id, together in calls.grouped(
        lambda call: entity_of.get(call.partner_id.id, call.partner_id.id)
    ).items():
        running = together.filtered(lambda call: call.state != "done")
        if len(running) > 1:
            running[1:]._end({"closed_by_id": env.uid, "note": env._("The customer was merged during the call.")})
            notify(env, [(call.id, call.agent_id.id) for call in running[1:]])
            # Flush before changing the customer: each may have only one running call.
            calls.flush_model()
        together.filtered(lambda call, entity_id=entity_id: call.partner_id.id != entity_id).write(
            {"partner_id": entity_id}
        )
    following.pass_to(env, entity_of)
    env.flush_all()
