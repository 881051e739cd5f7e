from odoo import fields, models


class LeadsAgentIdentity(models.Model):
    _inherit = "leads.agent.identity"

    is_claimed = fields.Boolean(
        string="Not Proven", readonly=True, help="The visitor gave the e-mail or number of somebody already known."
    )
