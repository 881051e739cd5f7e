from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import cooling
from ..arguments import takes
from ..assigning import Assigning, Request, Terms
from ..fields import Link
from ..tools import given


class LeadsAgentAssign(models.TransientModel):
    """*Assign Lead*: give one assignable lead to one agent."""

    _name = "leads.agent.assign"
    _description = "Assign Lead"

    agent_id = Link(
        "res.users", string="User", domain=[("can_hold_leads", "=", True)], help="The agent who gets the lead."
    )
    partner_id = Link(
        "res.partner",
        string="Lead to Assign",
        domain=[("is_assignable_lead", "=", True), ("leads_agent_id", "=", False), ("is_leads_refused", "=", False)],
        help="Customers whose latest order is a quotation and who have no agent.",
    )

    cooling_note = fields.Char(compute="_compute_cooling_note")

    @api.depends("partner_id")
    def _compute_cooling_note(self):
        """Say of a customer in cooling-off what a batch would refuse, and a manager may still decide."""
        causes = self.env["res.partner"]._refused(self.partner_id.ids, "share")
        for wizard in self:
            cause = causes.get(wizard.partner_id.id)
            is_cooling = cause and cause.kind == cooling.REFUSAL.name
            wizard.cooling_note = is_cooling and self.env._("In cooling-off: %s", cooling.until(self.env, cause))

    @takes(given.one)
    def action_assign(self):
        """Assign the lead.

        :raises UserError: with the reason when it cannot be assigned
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        if not self.partner_id:
            raise UserError(self.env._("Choose the lead to assign."))
        self.partner_id.check_access("read")
        request = Request(self.partner_id.id, self.agent_id.id, self.env._("Assigned by %s", self.env.user.name))
        # sudo: leads.agent.assignment - only managers come here; assigning writes what nobody may write directly
        [result] = Assigning(self.sudo().env, Terms("manual")).run([request])
        if result.result != "assigned":
            raise UserError(result.reason)
        return {"type": "ir.actions.act_window_close"}
