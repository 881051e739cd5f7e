"""Notifications that a callback is due, or cancelled."""

from odoo import fields
from odoo.api import Environment

from .clock import moment_text
from .tools.attempt import Attempt
from .tools.calling_hours import next_opening_everywhere

# How many agents are notified in one run of the job.
NOTIFIED_AT_ONCE = 1_000


def remind(env: Environment):
    """Notify agents of callbacks that became due: a pop-up and an entry in the inbox, once each.

    Callbacks whose customers may no longer be called are cancelled, those outside calling hours move to the next legal
    time, and those of agents on leave are open to the call center.
    """
    # sudo: leads.agent.callback - the job notifies all agents
    due = (
        env["leads.agent.callback"]
        .sudo()
        .search([("is_due", "=", True), ("told_at", "=", False)], limit=NOTIFIED_AT_ONCE)
    )
    # sudo: leads.agent.desk - as above
    Desk = env["leads.agent.desk"].sudo()
    facts_of = Desk._facts(due.partner_id.ids)
    now = fields.Datetime.now()
    due.told_at = now
    blocked = refused(due, facts_of)
    blocked._close("cancelled")
    later = {}
    for callback in due - blocked:
        opening = next_opening_everywhere(facts_of[callback.partner_id.id].clocks, now)
        if opening and opening > now:
            later[callback.id] = opening
    moved = due.browse(later)
    env["leads.agent.history"]._log_moves(moved, later)
    moved._move(later, "hours")
    told = due.filtered("is_due")
    on_leave = told.agent_id._leads_on_leave()
    told.filtered(lambda callback: callback.agent_id in on_leave).agent_id = False
    for agent, callbacks in (told | blocked).filtered("agent_id").grouped("agent_id").items():
        for callback in callbacks.with_context(lang=agent.lang, tz=agent.tz):
            notify(callback, agent)
        agent._leads_dashboard_changed()
    env["ir.cron"]._commit_progress(len(due), remaining=int(len(due) == NOTIFIED_AT_ONCE))


def refused(callbacks, facts_of):
    """Return the callbacks whose customers may no longer be called, at any hour."""
    Desk, now = callbacks.env["leads.agent.desk"], fields.Datetime.now()
    return callbacks.filtered(
        lambda callback: Desk._refusal(Attempt(facts_of[callback.partner_id.id], callback.agent_id, now), "keep")
    )


def notify(callback, agent):
    """Send one notification to the agent, in the agent's language."""
    env, name = callback.env, callback.partner_id.complete_name or ""
    zone = agent.tz or "UTC"
    if callback.state == "cancelled":
        subject = env._("Callback cancelled: %s", name)
        body = env._("%s may not be called any more.", name)
    else:
        subject = env._("Callback due: %s", name)
        body = env._(
            "%(customer)s expects your call at %(when)s (%(zone)s). %(note)s",
            customer=name,
            when=moment_text(env, callback.due_at, zone),
            zone=zone,
            note=callback.note or "",
        )
    env["mail.thread"].message_notify(partner_ids=agent.partner_id.ids, subject=subject, body=body)
    if callback.state == "open":
        # Contains no name: the dashboard reads the due callbacks.
        agent._bus_send("leads_agent/callback_due", {"callback_id": callback.id})
