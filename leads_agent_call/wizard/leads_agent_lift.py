from odoo import fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentLift(models.TransientModel):
    """*Allow Calls Again*: a manager lifts an opt-out of a customer, with a reason."""

    _name = "leads.agent.lift"
    _description = "Allow Calls Again"

    opt_out_id = Link("leads.agent.opt.out", required=True, readonly=True)
    partner_id = Link(related="opt_out_id.partner_id", related_sudo=False)
    channel = fields.Selection(related="opt_out_id.channel", related_sudo=False)
    reason = fields.Char(required=True)

    @takes(given.one)
    def action_confirm(self):
        self.ensure_one()
        self.opt_out_id.action_lift(self.reason)
        return {"type": "ir.actions.act_window_close"}
