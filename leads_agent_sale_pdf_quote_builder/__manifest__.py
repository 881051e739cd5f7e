{
    "name": "Leads Agent: Quotation Documents",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Agents enter orders that carry headers and footers",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": ["leads_agent_sale_management", "sale_pdf_quote_builder"],
    "auto_install": True,
}
