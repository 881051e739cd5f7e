{
    "name": "Leads Agent: Channels",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "summary": "What came in on each channel, and what became of it",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "phone_validation"],
    "data": [
        "security/ir.model.access.csv",
        "security/leads_agent_channel_rules.xml",
        "data/ir_cron_data.xml",
        "views/leads_agent_received_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
