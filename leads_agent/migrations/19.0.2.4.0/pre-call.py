"""Calls, callbacks, calling hours, the next lead, effects of outcomes, floor and breaks are an addon of their own."""

from odoo.addons.leads_agent.tools.moving import Moving

SETTINGS = (
    *("leads_agent_need_phone", "leads_agent_calls_per_day", "leads_agent_callback_minutes"),
    *("leads_agent_most_callbacks", "leads_agent_half_life", "leads_agent_fatigue", "leads_agent_loyalty"),
    "leads_agent_answers",
)
CALLS = Moving(
    "leads_agent",
    "leads_agent_call",
    models=(
        "leads.agent.call",
        "leads.agent.callback",
        "leads.agent.calling.hours",
        "leads.agent.desk",
        "leads.agent.floor",
        "leads.agent.lift",
        "leads.agent.opt.out",
        "leads.agent.outcome",
        "leads.agent.zone",
    ),
    fields={
        "crm.team": ("leads_script",),
        "leads.agent.assignment": (
            *("priority", "next_call_at", "attempt_count", "first_call_at", "hours_to_call", "call_ids"),
        ),
        "leads.agent.disposition": (
            *("fate", "is_contact", "needs_note", "asks_callback", "callback_minutes", "retry_minutes"),
            *("most_attempts", "exhausted", "quotation", "quotation_days", "do_not_call", "do_not_call_days"),
            *("activity_type_id", "mail_template_id"),
        ),
        "leads.agent.history": ("call_id", "moved_from", "moved_to"),
        "phone.blacklist": ("leads_until",),
        "res.company": SETTINGS,
        "res.config.settings": SETTINGS,
        "res.partner": (
            *("leads_zone", "is_leads_zone_known", "leads_opt_out_ids", "leads_call_count", "leads_callback_id"),
            "leads_phone_note",
        ),
        "res.users": ("leads_break_since", "leads_desk_state"),
    },
    choices={("leads.agent.history", "kind"): ("callback",)},
    constraints=("leads_agent_assignment_agent_priority_idx", "leads_agent_history_call_uniq"),
)


def migrate(cr, version):
    """Records keep their ids and values, so what refers to them stays: favourites, customised views, translations."""
    CALLS.move(cr)
