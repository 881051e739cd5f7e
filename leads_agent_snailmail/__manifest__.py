{
    "name": "Leads Agent: Letters",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Locked agents see their own letters",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "snailmail"],
    "data": ["security/leads_agent_snailmail_rules.xml"],
    "auto_install": True,
}
