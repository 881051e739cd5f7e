"""Sentences on what an outcome would do, shown to the agent before it is logged."""

from odoo.tools import format_datetime

from . import promising
from .tools import policy


def sentences(call, disposition, due_at=False) -> list[str]:
    """Return what an outcome of the user's own call would do now.

    :param due_at: the agreed moment of the callback in UTC, if known
    """
    # sudo: leads.agent.assignment - the number of attempts, of the user's own call
    assignment = call.sudo()._lead()
    if not assignment:
        unchanged = call.env._("The customer is not your lead: the lead is left as it is.")
        return [unchanged, *disposition._customer_sentences(), *_of_callback(call, disposition, "keep")]
    attempt = 0 if disposition.is_contact else assignment.attempt_count + 1
    # sudo: leads.agent.callback - whether the customer of the user's own call has a callback
    is_promised = bool(call.env["leads.agent.callback"].sudo()._open_of(call.partner_id))
    effects = disposition._effect_sentences(attempt, due_at, call.env.user.tz, is_promised=is_promised)
    fate = policy.outcome(disposition._policy(), attempt, is_promised).fate
    return effects + _of_callback(call, disposition, fate)


def _of_callback(call, disposition, fate: str) -> list[str]:
    """Return what happens to the callback of the call when nobody was reached.

    :param fate: what happens to the lead
    """
    # sudo: leads.agent.callback - that of the user's own call
    callback = call.sudo().callback_id
    if callback.state != "open" or disposition.is_contact or disposition.asks_callback:
        return []
    match fate:
        case "close":
            return [call.env._("The callback is cancelled with it.")]
        case "release":
            return [call.env._("The callback stays open, for your call center.")]
    moment = callback.due_at
    if disposition.retry_minutes:
        moment = promising.next_tries(callback, disposition.retry_minutes)[callback.id]
    when = format_datetime(call.env, moment, tz=call.env.user.tz or "UTC", dt_format="short")
    return [call.env._("The callback stays open, for %s.", when)]
