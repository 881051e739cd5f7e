{
    "name": "Leads Agent: Offers by Link",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Pages on which agents answer offers without signing in",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_offer"],
    "data": [
        "data/mail_template_data.xml",
        "views/leads_agent_offer_templates.xml",
    ],
    "auto_install": True,
}
