{
    "name": "Leads Agent: Proofs",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Proofs over all addons together; never installed in production",
    "author": "Leads Agent developers",
    "license": "LGPL-3",
    "depends": [
        "leads_agent_calendar",
        "leads_agent_sale_pdf_quote_builder",
        "leads_agent_sale_stock",
        "leads_agent_sms",
        "leads_agent_snailmail",
        "crm",
        "contacts",
        "sale_crm",
        "rpc",
    ],
}
