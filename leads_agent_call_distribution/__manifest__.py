{
    "name": "Leads Agent: Callbacks of Agents Who Hand Over",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Bridge: what an agent promised to customers is handed over with the leads",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_call", "leads_agent_distribution"],
    "data": ["wizard/leads_agent_hand_over_views.xml"],
    "assets": {
        "web.assets_backend": [
            "leads_agent_call_distribution/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "leads_agent_call_distribution/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "leads_agent_call_distribution/static/tests/tours/**/*.js",
        ],
    },
    "auto_install": True,
}
