from odoo import api, fields, models
from odoo.tools import SQL


class LeadsAgentBatchAssignLine(models.Model):
    """What undoing the batch came to. Without a result, a line with an agent is planned for that agent."""

    _inherit = "leads.agent.batch.assign.line"

    undone = fields.Selection([("undone", "Given back"), ("left", "Left as it is")], readonly=True)
    undo_reason = fields.Char(string="Why", readonly=True)

    @api.model
    def _csv_columns(self):
        return super()._csv_columns() | {"undone": SQL("l.undone"), "undo_reason": SQL("l.undo_reason")}
