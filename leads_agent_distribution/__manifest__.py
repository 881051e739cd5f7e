{
    "name": "Leads Agent: Distribution",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Leads for several agents: shares, plans, undo, scheduled rules, hand over, limits and working hours",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent"],
    "data": [
        "security/ir.model.access.csv",
        "security/leads_agent_distribution_rules.xml",
        "data/ir_cron_data.xml",
        "views/leads_agent_batch_assign_views.xml",
        "views/leads_agent_rule_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_users_views.xml",
        "wizard/leads_agent_assign_views.xml",
        "wizard/leads_agent_capacity_views.xml",
        "wizard/leads_agent_hand_over_views.xml",
        "views/leads_agent_distribution_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "leads_agent_distribution/static/src/**/*",
        ],
        "web.assets_tests": [
            "leads_agent_distribution/static/tests/tours/**/*.js",
        ],
    },
    "auto_install": True,
}
