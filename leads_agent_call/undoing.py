"""Undo an outcome that was logged with one click, as if it had never been logged.

Such an outcome stores the state before and after, as returned by :func:`state`. It can be undone while the state is
unchanged: later changes by the agent or others are never overwritten. Elevated.
"""

from datetime import date, timedelta

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.fields import Domain

# Longer than the web client offers it, in case the network is slow.
LIMIT = timedelta(minutes=1)
LEAD_FIELDS = ("attempt_count", "next_call_at", "first_call_at", "hours_to_call")
CALLBACK_FIELDS = ("due_at", "promised_at", "moved_from", "moved_because", "told_at")


def state(call) -> dict:
    """Return the state that an outcome changes or depends on: JSON, by the name of the sentence for a change.

    The first difference is reported, most informative first: a call that began since may have changed the lead too.
    """
    env, customer = call.env, call.partner_id
    calls = env["leads.agent.call"]
    of_agent = calls.search([("agent_id", "=", call.agent_id.id)], limit=1, order="id desc")
    of_customer = calls.search([("partner_id", "=", customer.id)], limit=1, order="id desc")
    lead = call._lead()
    callback = env["leads.agent.callback"]._open_of(customer)
    return {
        "own call": of_agent.id,
        "call": of_customer.id,
        "customer": [customer.id, customer.active, customer.phone_blacklisted, _opt_outs(customer)],
        "lead": [lead.id, values(lead, LEAD_FIELDS)],
        "callback": [callback.id, callback.agent_id.id, callback.note or "", values(callback, CALLBACK_FIELDS)],
        "order": _orders(customer),
    }


def undo(call) -> None:
    """Undo the outcome of a call.

    :raises UserError: when that is not possible, with the reason; nothing is written then
    """
    env = call.env
    # If two transactions undo the same outcome at the same moment, only one succeeds.
    if not call.try_lock_for_update(allow_referencing=True):
        raise UserError(env._("The outcome of this call is being changed already."))
    call.invalidate_recordset()
    _check(call)
    before = call.undo["before"]
    outcome = call.disposition_id
    env["leads.agent.history"]._undo_call(call)
    call.write({"state": "wrap_up", "disposition_id": False, "is_contact": 0, "undo": False})
    call._put_back(before)
    env["leads.agent.history"]._refresh_last_events(call.partner_id.ids)
    env.flush_all()
    call._on_call_resumed(outcome)


def put_back(call, before: dict) -> None:
    """Restore the values of lead and callback from before the outcome."""
    lead_id, vals = before["lead"]
    call.env["leads.agent.assignment"].browse(lead_id).write(vals)
    callback_id, *_others, vals = before["callback"]
    if callback_id:
        callback = call.env["leads.agent.callback"].browse(callback_id)
        callback.write(vals)
        callback._wake()


def _check(call) -> None:
    """Check that the outcome can be undone.

    :raises UserError: otherwise
    """
    env = call.env
    if call.state != "done":
        raise UserError(env._("This call has no outcome that could be undone."))
    if not call.undo:
        raise UserError(env._("The outcome '%s' cannot be undone.", call.disposition_id.name or ""))
    if fields.Datetime.now() > fields.Datetime.to_datetime(call.undo["at"]) + LIMIT:
        raise UserError(
            env._(
                "It is too late to undo '%(outcome)s': that is possible for %(seconds)s seconds.",
                outcome=call.disposition_id.name,
                seconds=int(LIMIT.total_seconds()),
            )
        )
    after, now = call.undo["after"], call._outcome_state()
    for name in now:
        if after.get(name) != now[name]:
            raise UserError(
                env._("'%s' can no longer be undone.", call.disposition_id.name) + " " + call._change_sentence(name)
            )


def change_sentence(env: Environment, name: str) -> str:
    """Return the sentence on a change since the outcome, by a name of :func:`state`."""
    match name:
        case "own call":
            return env._("You have made another call since.")
        case "call":
            return env._("A colleague has called the customer since.")
        case "lead":
            return env._("The lead was changed, or is no longer yours.")
        case "callback":
            return env._("The callback of the customer has changed since.")
        case "order":
            return env._("An order of the customer has changed since.")
    return env._("The customer has changed since.")


def values(record, names) -> dict:
    """Return values of a record in JSON, for writing them back; empty without a record."""
    return {name: _plain(record[name]) for name in names} if record else {}


def _opt_outs(customer) -> int:
    return customer.env["leads.agent.opt.out"].search_count([("partner_id", "=", customer.id)])


def _orders(customer) -> list:
    """Return values that differ if an order of the customer has changed."""
    env = customer.env
    orders = Domain("leads_commercial_partner_id", "=", customer.id)
    measures = ["__count", "id:max", "amount_total:sum", "validity_date:max", "write_date:max"]
    by_state = env["sale.order"]._read_group(orders, ["state"], measures, order="state")
    lines = Domain("order_id", "in", env["sale.order"]._search(orders))
    of_lines = env["sale.order.line"]._read_group(lines, [], ["__count", "product_uom_qty:sum", "write_date:max"])
    return [[_plain(value) for value in row] for row in [*by_state, *of_lines]]


def _plain(value):
    """Convert a value to JSON."""
    return str(value) if isinstance(value, date) else value
