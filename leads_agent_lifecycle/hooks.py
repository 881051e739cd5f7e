def post_init_hook(env):
    """Customers with an order, and those who are held, are leads from the first day."""
    env["res.partner"]._lead_take_in()


def uninstall_hook(env):
    """The contacts stay, without stage and status, which would keep Odoo from deleting those."""
    env.cr.execute("DELETE FROM leads_agent_move")
    env.cr.execute("UPDATE res_partner SET lead_stage_id = NULL, lead_status_id = NULL WHERE lead_stage_id IS NOT NULL")
