{
    "name": "Leads Agent: Ratings",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents read ratings together with the customer or order they are on",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "rating"],
    "data": [
        "security/leads_agent_rating_rules.xml",
    ],
    "auto_install": True,
}
