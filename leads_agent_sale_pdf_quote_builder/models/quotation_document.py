from odoo import fields, models

from odoo.addons.leads_agent.models.product_document import READERS


class QuotationDocument(models.Model):
    """Every new order looks for its default headers and footers by their templates: agents must be able to."""

    _inherit = "quotation.document"

    quotation_template_ids = fields.Many2many(groups=READERS)
