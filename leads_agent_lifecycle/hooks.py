from odoo.tools.sql import column_exists, create_column

from .models.leads_agent_inbound import SECRET, TOKEN
from .moving import LifeCycle
from .tools.meta import CHANNELS

META = tuple(CHANNELS.values())


def pre_init_hook(env):
    """Fill in computed columns in SQL: at installation no contact has a profile yet."""
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
    """Make leads of customers with an order or a holder."""
    LifeCycle(env).take_in()


def uninstall_hook(env):
    """Keep the contacts, without stage and status, which would prevent Odoo from deleting these models.

    The secrets of the webhook and the log of its messages are deleted. The messages stay in the chatter; after a
    reinstallation they are recognised by their Message-Id.
    """
    env["ir.config_parameter"].search([("key", "in", (TOKEN, SECRET))]).unlink()
    env["leads.agent.received"].search([("channel", "in", (*META, "other"))]).unlink()
    env.cr.execute("DELETE FROM leads_agent_move")
    env.cr.execute("UPDATE res_partner SET lead_stage_id = NULL, lead_status_id = NULL WHERE lead_stage_id IS NOT NULL")
