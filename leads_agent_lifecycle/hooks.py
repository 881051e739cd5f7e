from .models.leads_agent_inbound import SECRET, TOKEN
from .tools.meta import CHANNELS

META = tuple(CHANNELS.values())


def post_init_hook(env):
    """Customers with an order, and those who are held, are leads from the first day."""
    env["res.partner"]._lead_take_in()


def uninstall_hook(env):
    """The contacts stay, without stage and status, which would keep Odoo from deleting those.

    The secrets of the webhook go, and what it brought. What leads said stands in the chatter, and is known by its
    Message-Id when it comes again after the addon was installed anew.
    """
    env["ir.config_parameter"].search([("key", "in", (TOKEN, SECRET))]).unlink()
    env["leads.agent.received"].search([("channel", "in", (*META, "other"))]).unlink()
    env.cr.execute("DELETE FROM leads_agent_move")
    env.cr.execute("UPDATE res_partner SET lead_stage_id = NULL, lead_status_id = NULL WHERE lead_stage_id IS NOT NULL")
