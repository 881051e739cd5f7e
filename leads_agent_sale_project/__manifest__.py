{
    "name": "Leads Agent: Sales and Projects",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents see tasks and projects of orders in sight only",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_project", "sale_project"],
    "auto_install": True,
}
