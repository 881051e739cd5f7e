def uninstall_hook(env):
    """Delete the attachments of received messages along with their rows."""
    env["ir.attachment"].search([("res_model", "=", "leads.agent.received")]).unlink()
