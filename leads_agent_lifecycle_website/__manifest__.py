{
    "name": "Leads Agent: Website",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "A form on the website by which leads come in",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_lifecycle", "website"],
    "data": [
        "security/ir.model.access.csv",
        "data/website_form_data.xml",
        "views/contact_templates.xml",
        "data/website_page_data.xml",
        "views/res_partner_views.xml",
    ],
    "assets": {"web.assets_tests": ["leads_agent_lifecycle_website/static/tests/tours/**/*.js"]},
    "auto_install": True,
}
