{
    "name": "Leads Agent: Calendar",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Locked agents see the meetings they take part in",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "calendar"],
    "data": ["security/leads_agent_calendar_rules.xml"],
    "auto_install": True,
}
