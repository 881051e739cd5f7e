from odoo import fields, models

READERS = "sales_team.group_sale_salesman,leads_agent.group_leads_agent,leads_agent.group_leads_manager"


class ProductDocument(models.Model):
    """The quotation mail names the documents of its products: agents who send it must be able to read where they go."""

    _inherit = "product.document"

    attached_on_sale = fields.Selection(groups=READERS)
