"""Log the outcome of a call, with all its effects, in one transaction."""

from odoo import fields
from odoo.exceptions import UserError

from . import preview


def log(call, disposition) -> dict:
    """Log an outcome of the user's own call if one click is enough, else open the form.

    :param disposition: empty if it no longer exists: the form has a list to choose from
    :returns: the result of ``leads.agent.call.log_outcome``
    """
    known = preview.know(call)
    if not disposition or not preview.is_one_click(known, disposition):
        form = call.with_context(default_disposition_id=disposition.id).action_outcome()
        return {"action": form | {"name": disposition.name or form["name"]}}
    logged = preview.logged(known, disposition)
    call.finish(disposition.id)
    return {"logged": logged}


def finish(call, disposition, note: str, due_at=False, zone=False) -> None:
    """Elevated: store the outcome with all its effects.

    :param due_at: when to call back, in UTC
    :raises UserError: when the outcome is refused; nothing is written then
    """
    env = call.env
    # If two transactions finish the same call at the same moment, only one succeeds.
    if not call.try_lock_for_update(allow_referencing=True):
        raise UserError(env._("The outcome of this call has already been logged."))
    call.invalidate_recordset(["state"])
    if call.state == "done":
        call._check_not_closed()
        raise UserError(env._("The outcome of this call has already been logged."))
    if disposition.needs_note and not note:
        raise UserError(env._("'%s' needs a note: what did the customer say?", disposition.name))
    before = preview.is_one_click(preview.know(call), disposition) and call._outcome_state()
    call._end(
        {
            "disposition_id": disposition.id,
            "is_contact": int(disposition.is_contact),
            "note": note or call.note,
        }
    )
    call.callback_id._answer(disposition, call)
    env["leads.agent.history"]._log_calls(call)
    if lead := call._lead():
        lead._count_attempt(disposition)
        lead._apply_outcome(disposition, call, note, due_at=due_at, zone=zone)
    else:
        # The lead has been reassigned, or was never the agent's: only the effects on the customer apply.
        env["leads.agent.assignment"]._apply_to_customers(disposition, call.partner_id)
    if before:
        now = fields.Datetime.to_string(fields.Datetime.now())
        call.undo = {"at": now, "before": before, "after": call._outcome_state()}
