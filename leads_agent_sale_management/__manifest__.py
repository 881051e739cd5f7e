{
    "name": "Leads Agent: Quotation Templates",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents enter orders from quotation templates",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "sale_management"],
    "data": ["security/ir.model.access.csv"],
    "auto_install": True,
}
