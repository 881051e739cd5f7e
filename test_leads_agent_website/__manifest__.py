{
    "name": "Leads Agent: Proofs with a Website",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Proofs over the addons and a website; never installed in production",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_audit", "leads_agent_lifecycle_website", "leads_agent_offer", "website_crm"],
}
