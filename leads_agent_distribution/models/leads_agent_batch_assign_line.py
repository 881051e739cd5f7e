from odoo import fields, models


class LeadsAgentBatchAssignLine(models.Model):
    """The result of undoing, per line. A line with an agent and without a result is planned for that agent."""

    _inherit = "leads.agent.batch.assign.line"

    undone = fields.Selection([("undone", "Returned"), ("left", "Not changed")], readonly=True)
    undo_reason = fields.Char(string="Why", readonly=True)
