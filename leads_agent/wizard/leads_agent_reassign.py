from odoo import fields, models
from odoo.exceptions import UserError

from ..arguments import takes
from ..assigning import Assigning, Request, Terms
from ..fields import Link
from ..tools import given


class LeadsAgentReassign(models.TransientModel):
    """*Reassign Leads*: give leads that are held to another agent."""

    _name = "leads.agent.reassign"
    _description = "Reassign Leads"

    assignment_ids = fields.Many2many("leads.agent.assignment", string="Leads")
    agent_id = Link("res.users", string="New Leads Agent", domain=[("can_hold_leads", "=", True)])

    @takes(given.one)
    def action_reassign(self):
        """Give the leads that are still active to the agent, and say what became of the others.

        :raises UserError: when no agent is chosen or nothing is active any more
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        assignments = self.assignment_ids
        assignments.check_access("read")
        active = assignments.filtered(lambda assignment: assignment.state == "active")
        if not active:
            raise UserError(self.env._("None of the selected leads is assigned any more."))
        self.agent_id._check_may_hold_leads()
        reason = self.env._("Reassigned by %s", self.env.user.name)
        requests = [Request(customer.id, self.agent_id.id, reason) for customer in active.partner_id]
        # sudo: leads.agent.assignment - only managers come here; assigning writes what nobody may write directly
        results = Assigning(self.sudo().env, Terms("manual", reassign=True, unconditional=True)).run(requests)
        assigned = sum(result.result == "assigned" for result in results)
        others = [result.reason for result in results if result.result != "assigned"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if assigned else "warning",
                "message": " ".join(
                    [
                        self.env._("Leads assigned to %(agent)s: %(count)s.", count=assigned, agent=self.agent_id.name),
                        *others,
                    ]
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
