from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_keep_received_days = fields.Integer(related="company_id.leads_keep_received_days", readonly=False)
