from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Keep leads *New* until a user has replied or called, unless the shipped rule was changed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("leads_agent_lifecycle.rule_answer", raise_if_not_found=False)
    contacted = env.ref("leads_agent_lifecycle.status_contacted", raise_if_not_found=False)
    if rule and rule.trigger == "answer" and rule.status_id == contacted and not rule.stage_id:
        for name in ("attempted", "unresponsive"):
            status = env.ref(f"leads_agent_lifecycle.status_{name}", raise_if_not_found=False)
            rule.from_status_ids |= status or rule.from_status_ids
