from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_officers_see = fields.Boolean(related="company_id.leads_officers_see", readonly=False)
    leads_keep_no_info_days = fields.Integer(related="company_id.leads_keep_no_info_days", readonly=False)
