from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_agent_need_phone = fields.Boolean(related="company_id.leads_agent_need_phone", readonly=False)
    leads_agent_calls_per_day = fields.Integer(related="company_id.leads_agent_calls_per_day", readonly=False)
    leads_agent_callback_minutes = fields.Integer(related="company_id.leads_agent_callback_minutes", readonly=False)
    leads_agent_most_callbacks = fields.Integer(related="company_id.leads_agent_most_callbacks", readonly=False)
    leads_agent_half_life = fields.Integer(related="company_id.leads_agent_half_life", readonly=False)
    leads_agent_fatigue = fields.Integer(related="company_id.leads_agent_fatigue", readonly=False)
    leads_agent_loyalty = fields.Integer(related="company_id.leads_agent_loyalty", readonly=False)
    leads_agent_answers = fields.Integer(related="company_id.leads_agent_answers", readonly=False)
