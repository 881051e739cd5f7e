from odoo import fields, models

READERS = "sales_team.group_sale_salesman,leads_agent.group_leads_agent,leads_agent.group_leads_manager"


class ProductDocument(models.Model):
    """Let agents read where product documents are attached, as sending a quotation does."""

    _inherit = "product.document"

    attached_on_sale = fields.Selection(groups=READERS)
