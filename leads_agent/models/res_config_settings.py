from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_agent_view_non_partial = fields.Boolean(related="company_id.leads_agent_view_non_partial", readonly=False)
    leads_agent_lock_assigned = fields.Boolean(related="company_id.leads_agent_lock_assigned", readonly=False)
    leads_agent_grace_minutes = fields.Integer(related="company_id.leads_agent_grace_minutes", readonly=False)
    leads_agent_untouched_days = fields.Integer(related="company_id.leads_agent_untouched_days", readonly=False)
    leads_agent_tz = fields.Selection(related="company_id.leads_agent_tz", readonly=False)
