"""What serves several agents is an addon of its own: shares, plans, undo, rotation, rules, hand over, limits."""

from odoo.addons.leads_agent.tools.moving import Moving

DISTRIBUTION = Moving(
    "leads_agent",
    "leads_agent_distribution",
    models=(
        "leads.agent.batch.assign.load",
        "leads.agent.batch.assign.share",
        "leads.agent.capacity",
        "leads.agent.hand.over",
        "leads.agent.rotation",
        "leads.agent.rule",
    ),
    fields={
        "leads.agent.assign": ("agent_note",),
        "leads.agent.batch.assign": (
            *("agent_ids", "team_id", "method", "cap", "prefer_previous", "prefer_lang", "prefer_country"),
            *("share_ids", "plan_turns", "turns", "undo_summary"),
        ),
        "leads.agent.batch.assign.line": ("undone", "undo_reason"),
        "res.company": ("leads_agent_max_open", "leads_agent_max_per_day"),
        "res.config.settings": ("leads_agent_max_open", "leads_agent_max_per_day"),
        "res.users": (
            *("leads_available", "leads_calendar_id", "leads_max_open", "leads_max_per_day", "leads_weight"),
            "leads_capacity",
        ),
    },
    choices={
        ("leads.agent.assignment", "source"): ("rule", "undo"),
        ("leads.agent.batch.assign", "state"): ("planned", "undone"),
        ("leads.agent.batch.assign", "task"): ("plan", "undo"),
    },
)
# Callbacks are handed over where there are calls, too.
CALLBACKS = Moving(
    "leads_agent_distribution",
    "leads_agent_call_distribution",
    fields={"leads.agent.hand.over": ("callback_ids", "callback_count")},
)


def migrate(cr, version):
    """Records keep their ids and values, so what refers to them stays: favourites, customised views, translations."""
    if DISTRIBUTION.move(cr):
        CALLBACKS.move(cr)
