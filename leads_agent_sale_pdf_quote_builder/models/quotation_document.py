from odoo import fields, models

READERS = "sales_team.group_sale_salesman,leads_agent.group_leads_agent,leads_agent.group_leads_manager"


class QuotationDocument(models.Model):
    """Every new order looks for its default headers and footers by their templates: agents must be able to."""

    _inherit = "quotation.document"

    quotation_template_ids = fields.Many2many(groups=READERS)
