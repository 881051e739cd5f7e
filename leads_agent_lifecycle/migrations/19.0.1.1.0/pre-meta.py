def migrate(cr, version):
    """Which company a number or page belongs to is said in an addon of its own, which comes with this one."""
    cr.execute(
        "UPDATE ir_module_module SET state = 'to install' WHERE name = 'leads_agent_meta' AND state = 'uninstalled'"
    )
