from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_agent_max_open = fields.Integer(related="company_id.leads_agent_max_open", readonly=False)
    leads_agent_max_per_day = fields.Integer(related="company_id.leads_agent_max_per_day", readonly=False)
