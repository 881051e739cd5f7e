from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_offer_minutes = fields.Integer(related="company_id.leads_offer_minutes", readonly=False)
    leads_offer_most_agents = fields.Integer(related="company_id.leads_offer_most_agents", readonly=False)
    leads_offer_shark_minutes = fields.Integer(related="company_id.leads_offer_shark_minutes", readonly=False)
    leads_offer_catch_all_ids = fields.Many2many(related="company_id.leads_offer_catch_all_ids", readonly=False)
    leads_offer_untagged_to_all = fields.Boolean(related="company_id.leads_offer_untagged_to_all", readonly=False)
    leads_offer_factor_subject = fields.Float(related="company_id.leads_offer_factor_subject", readonly=False)
    leads_offer_factor_short = fields.Float(related="company_id.leads_offer_factor_short", readonly=False)
    leads_offer_factor_case = fields.Float(related="company_id.leads_offer_factor_case", readonly=False)
    leads_offer_performance_weight = fields.Float(related="company_id.leads_offer_performance_weight", readonly=False)
    leads_offer_score_days = fields.Integer(related="company_id.leads_offer_score_days", readonly=False)
    leads_offer_calendar_id = fields.Many2one(related="company_id.leads_offer_calendar_id", readonly=False)
    leads_offer_override = fields.Selection(related="company_id.leads_offer_override", readonly=False)
    leads_offer_spacing = fields.Integer(related="company_id.leads_offer_spacing", readonly=False)
    leads_offer_intercept = fields.Boolean(related="company_id.leads_offer_intercept", readonly=False)
    leads_offer_stop_clock = fields.Boolean(related="company_id.leads_offer_stop_clock", readonly=False)
    leads_offer_terms = fields.Html(related="company_id.leads_offer_terms", readonly=False)
