from odoo import fields, models

from odoo.addons.leads_agent.models.product_document import READERS


class QuotationDocument(models.Model):
    """Let agents read the templates of headers and footers: every new order searches its default documents by them."""

    _inherit = "quotation.document"

    quotation_template_ids = fields.Many2many(groups=READERS)
