from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    lead_consent_at = fields.Datetime(
        string="Consented On", readonly=True, copy=False, help="When the lead agreed to be contacted, on the website."
    )
