"""What an outcome would do, as sentences for the agent, and whether one click is enough.

``know`` reads the necessary data once for any number of outcomes.
"""

from typing import Any, NamedTuple

from odoo import fields
from odoo.tools import format_datetime

from . import promising
from .tools import policy

# How long the web client offers to undo an outcome logged with one click, in seconds. The server allows more.
UNDO_SECONDS = 10
OUTCOME_FIELDS = ("name", "fate", "is_contact", "asks_callback")


class Known(NamedTuple):
    """The data that the outcomes of one call depend on.

    :param call: the user's own
    :param lead: the lead of the call, elevated; empty when the agent does not hold it
    :param callback: for which the call was made, elevated
    :param is_promised: the customer has an open callback
    """

    call: Any
    lead: Any
    callback: Any
    is_promised: bool

    def attempt(self, disposition) -> int:
        """Return the number of the attempt that an outcome would end; 0 when the customer was reached."""
        return 0 if disposition.is_contact else self.lead.attempt_count + 1


def know(call) -> Known:
    """Read the data that the outcomes of the user's own call depend on."""
    # sudo: leads.agent.call, leads.agent.callback - the user's own call, and the callback of its customer
    call_sudo = call.sudo()
    is_promised = bool(call_sudo.env["leads.agent.callback"]._open_of(call_sudo.partner_id))
    return Known(call, call_sudo._lead(), call_sudo.callback_id, is_promised)


def is_one_click(known: Known, disposition) -> bool:
    """Return whether one click logs this outcome; all others open the form first."""
    return bool(known.lead) and disposition._is_one_click(known.attempt(disposition))


def outcomes(known: Known, dispositions) -> list[dict]:
    """Return the data of outcomes for the web client.

    :returns: a dict each: ``id``, :data:`OUTCOME_FIELDS`, ``is_blocking``, ``is_one_click``, ``again_at`` (when the
        lead comes back after one click, a UTC string or False) and ``effects``, the sentences
    """
    return [
        {
            **{name: disposition[name] for name in ("id", *OUTCOME_FIELDS)},
            "is_blocking": disposition.do_not_call,
            "is_one_click": (one_click := is_one_click(known, disposition)),
            "again_at": one_click and fields.Datetime.to_string(_again_at(known, disposition)),
            "effects": sentences(known, disposition),
        }
        for disposition in dispositions
    ]


def logged(known: Known, disposition) -> dict:
    """Return the data for the web client on an outcome logged with one click, from before it is logged.

    :returns: dict with ``call_id``, ``customer``, ``outcome``, ``effects`` and ``undo_seconds``
    """
    return {
        "call_id": known.call.id,
        "customer": known.call.partner_id.complete_name or "",
        "outcome": disposition.name,
        "effects": sentences(known, disposition),
        "undo_seconds": UNDO_SECONDS,
    }


def sentences(known: Known, disposition, due_at=False) -> list[str]:
    """Return sentences on what an outcome of the user's own call would do now.

    :param due_at: the agreed moment of the callback in UTC, if known
    """
    env = known.call.env
    if not known.lead:
        unchanged = env._("The customer is not your lead: the lead is left as it is.")
        return [unchanged, *disposition._customer_sentences(), *_of_callback(known, disposition, "keep")]
    attempt = known.attempt(disposition)
    effects = disposition._effect_sentences(attempt, due_at, env.user.tz, is_promised=known.is_promised)
    fate = policy.outcome(disposition._policy(), attempt, known.is_promised).fate
    return effects + _of_callback(known, disposition, fate)


def _of_callback(known: Known, disposition, fate: str) -> list[str]:
    """Return what happens to the callback of the call when nobody was reached.

    :param fate: what happens to the lead
    """
    env, callback = known.call.env, known.callback
    if callback.state != "open" or disposition.is_contact or disposition.asks_callback:
        return []
    match fate:
        case "close":
            return [env._("The callback is cancelled as well.")]
        case "release":
            return [env._("The callback stays open, for your call center.")]
    when = format_datetime(env, _due_again(callback, disposition), tz=env.user.tz or "UTC", dt_format="short")
    return [env._("The callback stays open, for %s.", when)]


def _due_again(callback, disposition):
    """Return when an open callback is due after an outcome on which nobody was reached."""
    if not disposition.retry_minutes:
        return callback.due_at
    return promising.next_tries(callback, disposition.retry_minutes)[callback.id]


def _again_at(known: Known, disposition):
    """Return when the lead can be called again after an outcome with one click; False: at any time."""
    if known.callback.state == "open":
        return _due_again(known.callback, disposition)
    minutes = disposition.retry_minutes
    return minutes and fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
