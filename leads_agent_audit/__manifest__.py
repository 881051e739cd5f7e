{
    "name": "Leads Agent: Audit",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "A test of what agents see, and who can see a customer, and why",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent"],
    "data": [
        "security/ir.model.access.csv",
        "security/leads_agent_audit_rules.xml",
        "views/leads_agent_closed_model_views.xml",
        "views/leads_agent_self_test_views.xml",
        "views/res_partner_views.xml",
        "views/leads_agent_audit_menus.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "leads_agent_audit/static/tests/tours/**/*.js",
        ],
    },
    "auto_install": True,
}
