from odoo.tools.sql import column_exists, create_column

from .models.leads_agent_inbound import SECRET, TOKEN
from .moving import LifeCycle
from .tools.meta import CHANNELS

META = tuple(CHANNELS.values())


def pre_init_hook(env):
    """At install nobody has a profile yet: what follows from columns is computed by PostgreSQL, not row by row."""
    if column_exists(env.cr, "res_partner", "lead_info"):
        return
    for name in ("lead_info", "lead_account_type"):
        create_column(env.cr, "res_partner", name, "varchar")
    env.cr.execute(
        """
        UPDATE res_partner SET lead_info = 'info', lead_account_type =
               CASE WHEN is_company OR parent_id IS NOT NULL THEN 'business' ELSE 'personal' END
        """
    )


def post_init_hook(env):
    """Customers with an order, and those who are held, are leads from the first day."""
    LifeCycle(env).take_in()


def uninstall_hook(env):
    """The contacts stay, without stage and status, which would keep Odoo from deleting those.

    The secrets of the webhook go, and what it brought. What leads said stands in the chatter, and is known by its
    Message-Id when it comes again after the addon was installed again.
    """
    env["ir.config_parameter"].search([("key", "in", (TOKEN, SECRET))]).unlink()
    env["leads.agent.received"].search([("channel", "in", (*META, "other"))]).unlink()
    env.cr.execute("DELETE FROM leads_agent_move")
    env.cr.execute("UPDATE res_partner SET lead_stage_id = NULL, lead_status_id = NULL WHERE lead_stage_id IS NOT NULL")
