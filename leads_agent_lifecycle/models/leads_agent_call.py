from odoo import models


class LeadsAgentCall(models.Model):
    _name = "leads.agent.call"
    _inherit = ["leads.agent.call", "leads.agent.lead.mixin"]
