"""Nobody's home action changes: what roles gave until now is remembered, what they give from now on is offered once."""

from odoo import SUPERUSER_ID, api

from odoo.addons.leads_agent import home


def migrate(cr, version):
    """Until now, only the dashboard came with a role. The installation made these two users managers."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    home.remember(env["res.users"].search([("action_id", "=", env.ref("leads_agent.action_dashboard").id)]))
    home.remember((env.ref("base.user_root") | env.ref("base.user_admin")).filtered("is_leads_manager"))
