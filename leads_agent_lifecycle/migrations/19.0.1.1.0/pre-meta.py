def migrate(cr, version):
    """Install the new addon that maps numbers and pages to companies."""
    cr.execute(
        "UPDATE ir_module_module SET state = 'to install' WHERE name = 'leads_agent_meta' AND state = 'uninstalled'"
    )
