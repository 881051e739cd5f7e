{
    "name": "Leads Agent: Stock",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents see what is in stock, and the deliveries of their orders only",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/leads_agent_sale_stock_rules.xml",
    ],
    "auto_install": True,
}
