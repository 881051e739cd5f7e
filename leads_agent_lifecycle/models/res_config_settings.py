from odoo import fields, models

from ..speaking import ALIAS
from .leads_agent_inbound import SECRET, TOKEN


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    leads_officers_see = fields.Boolean(related="company_id.leads_officers_see", readonly=False)
    leads_stop_blocks_calls = fields.Boolean(related="company_id.leads_stop_blocks_calls", readonly=False)
    leads_keep_no_info_days = fields.Integer(related="company_id.leads_keep_no_info_days", readonly=False)
    leads_alias_name = fields.Char(
        string="Leads from E-mail",
        compute="_compute_leads_alias",
        inverse="_inverse_leads_alias_name",
        help="Anybody who writes to this address becomes a lead. Leave empty for no address.",
    )
    leads_meta_verify_token = fields.Char(
        string="Verify Token",
        config_parameter=TOKEN,
        groups="base.group_system",
        help="Must match the token entered at Meta.",
    )
    leads_meta_app_secret = fields.Char(
        string="App Secret",
        config_parameter=SECRET,
        groups="base.group_system",
        help="If left empty, no messages are received.",
    )
    leads_alias_domain = fields.Char(compute="_compute_leads_alias", export_string_translation=False)

    def _compute_leads_alias(self):
        alias = self.env.ref(ALIAS, raise_if_not_found=False)
        self.leads_alias_name = alias and alias.alias_name
        self.leads_alias_domain = alias and alias.alias_domain

    def _inverse_leads_alias_name(self):
        for settings in self:
            self.env.ref(ALIAS).alias_name = settings.leads_alias_name
