{
    "name": "Leads Agent: Offers by Life Cycle",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Tags of the routing match how far a customer is, and who looks after them",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_lifecycle", "leads_agent_offer"],
    "auto_install": True,
}
