{
    "name": "Leads Agent: Text Messages",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Outcomes of calls send a text message",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    # leads_agent is listed although others depend on it: an upgrade only reaches direct dependants.
    "depends": ["leads_agent", "leads_agent_call", "sms"],
    "data": ["views/leads_agent_disposition_views.xml"],
    "auto_install": True,
}
