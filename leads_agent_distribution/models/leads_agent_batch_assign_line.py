from odoo import fields, models


class LeadsAgentBatchAssignLine(models.Model):
    """What undoing the batch came to. Without a result, a line with an agent is planned for that agent."""

    _inherit = "leads.agent.batch.assign.line"

    undone = fields.Selection([("undone", "Given back"), ("left", "Left as it is")], readonly=True)
    undo_reason = fields.Char(string="Why", readonly=True)
