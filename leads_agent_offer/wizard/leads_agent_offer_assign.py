from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentOfferAssign(models.TransientModel):
    """*Assign to...*: a user of the catch-all assigns a lead that nobody took."""

    _name = "leads.agent.offer.assign"
    _description = "Assign a Catch-All Lead"

    offer_id = Link("leads.agent.offer", required=True, readonly=True, ondelete="cascade")
    company_id = Link(related="offer_id.company_id")
    agent_id = Link(
        "res.users",
        string="Leads Agent",
        domain="[('can_hold_leads', '=', True), ('company_ids', 'in', company_id or [])]",
        help="The lead is assigned to them immediately, without an offer. They are notified and see all details.",
    )
    agent_note = fields.Char(compute="_compute_agent_note")

    @api.constrains("offer_id")
    def _check_offer(self):
        for wizard in self:
            # Check the user of the request, since constraints may run elevated
            wizard.offer_id.with_user(self.env.user).sudo(False)._own_catch_all()

    @api.depends("agent_id")
    def _compute_agent_note(self):
        """Warn if the agent is away."""
        absences = self.agent_id._leads_absences()
        wording = self.env["leads.agent.wording"]
        for wizard in self:
            absence = absences.get(wizard.agent_id.id)
            wizard.agent_note = absence and wording._absence(absence, wizard.agent_id.name)

    @takes(given.one)
    def action_assign(self):
        """Assign the lead, and show who got it.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when no agent is chosen, or it is too late
        """
        self.ensure_one()
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the lead."))
        self.offer_id.action_assign_to(self.agent_id.id)
        # sudo: leads.agent.offer - only the new owner, who may be the holder of the customer instead of the chosen
        # agent
        owner = self.offer_id.sudo().lead_id.user_id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The lead was assigned to %s.", owner.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
