{
    "name": "Leads Agent: WhatsApp, Messenger and Instagram",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Which company a number or page belongs to",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_lifecycle"],
    "data": [
        "security/ir.model.access.csv",
        "security/leads_agent_meta_rules.xml",
        "views/leads_agent_meta_receiver_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
