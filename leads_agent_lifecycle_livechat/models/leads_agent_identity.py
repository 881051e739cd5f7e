from odoo import fields, models


class LeadsAgentIdentity(models.Model):
    _inherit = "leads.agent.identity"

    is_claimed = fields.Boolean(
        string="Not Verified",
        readonly=True,
        help="The visitor entered the e-mail or phone number of an existing contact.",
    )
