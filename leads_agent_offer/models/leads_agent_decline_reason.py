from odoo import fields, models


class LeadsAgentDeclineReason(models.Model):
    """Why an agent does not take a lead; chosen when declining."""

    _name = "leads.agent.decline.reason"
    _description = "Reason for Declining"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
