{
    "name": "Leads Agent: Live Chat",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Visitors of a live chat are leads",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_lifecycle", "leads_agent_rating", "im_livechat"],
    "data": [
        "security/leads_agent_lifecycle_livechat_rules.xml",
        "views/discuss_channel_views.xml",
        "views/im_livechat_channel_views.xml",
        "views/res_partner_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "leads_agent_lifecycle_livechat/static/tests/tours/chat_lead_tours.js",
        ],
        "im_livechat.assets_livechat_support_tours": [
            "leads_agent_lifecycle_livechat/static/tests/tours/visitor_tour.js",
        ],
    },
    "auto_install": ["leads_agent_lifecycle", "im_livechat"],
}
