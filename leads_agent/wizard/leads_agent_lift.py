from odoo import fields, models


class LeadsAgentLift(models.TransientModel):
    """*Allow Calls Again*: a manager lifts what a customer asked for, with a reason."""

    _name = "leads.agent.lift"
    _description = "Allow Calls Again"

    opt_out_id = fields.Many2one("leads.agent.opt.out", required=True, readonly=True)
    partner_id = fields.Many2one(related="opt_out_id.partner_id", related_sudo=False)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.opt_out_id.action_lift(self.reason)
        return {"type": "ir.actions.act_window_close"}
