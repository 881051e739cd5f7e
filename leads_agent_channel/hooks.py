def uninstall_hook(env):
    """What was kept of messages goes with their rows."""
    env["ir.attachment"].search([("res_model", "=", "leads.agent.received")]).unlink()
