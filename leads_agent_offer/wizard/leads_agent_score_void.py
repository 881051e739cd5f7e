from odoo import fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class LeadsAgentScoreVoid(models.TransientModel):
    """*Void*: exclude points from the score, with a reason."""

    _name = "leads.agent.score.void"
    _description = "Void Performance Points"

    entry_ids = fields.Many2many(
        "leads.agent.score.entry", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char(required=True)

    @takes(given.one)
    def action_void(self):
        self.ensure_one()
        self.entry_ids.action_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
