{
    "name": "Leads Agent: Projects",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents see tasks and projects of customers in sight only",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "leads_agent_rating", "project"],
    "data": [
        "security/leads_agent_project_rules.xml",
    ],
    "auto_install": ["leads_agent", "project"],
}
