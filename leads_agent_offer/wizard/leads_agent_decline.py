from odoo import api, fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentDecline(models.TransientModel):
    """*Decline* an offer, with an optional reason."""

    _name = "leads.agent.decline"
    _description = "Decline an Offer"

    offer_id = Link("leads.agent.offer", required=True, ondelete="cascade")
    reason_id = Link("leads.agent.decline.reason", string="Why")
    note = fields.Char()

    @api.constrains("offer_id")
    def _check_offer(self):
        # Check the user of the request, since constraints may run elevated
        self.offer_id.with_user(self.env.user).sudo(False).check_access("read")

    @takes(given.one)
    def action_decline(self):
        self.ensure_one()
        self.offer_id.action_decline(self.reason_id.id, self.note)
        return {"type": "ir.actions.act_window_close"}
