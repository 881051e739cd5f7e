from odoo import fields, models
from odoo.exceptions import UserError

from ..arguments import takes
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
        # sudo: leads.agent.assignment - only managers come here; the door writes what nobody may write by hand
        outcomes = (
            self.env["leads.agent.assignment"]
            .sudo()
            ._assign_leads(
                self.agent_id,
                active.partner_id,
                source="manual",
                reason=self.env._("Reassigned by %s", self.env.user.name),
                reassign=True,
                unconditional=True,
            )
        )
        assigned = sum(outcome["result"] == "assigned" for outcome in outcomes)
        others = [outcome["reason"] for outcome in outcomes if outcome["result"] != "assigned"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if assigned else "warning",
                "message": " ".join(
                    [
                        self.env._("Leads given to %(agent)s: %(count)s.", count=assigned, agent=self.agent_id.name),
                        *others,
                    ]
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
