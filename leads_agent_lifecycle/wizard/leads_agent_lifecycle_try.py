from odoo import fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..moving import LifeCycle

SHOWN = 80


class LeadsAgentLifecycleTry(models.TransientModel):
    """What a rule would do with existing leads; nothing moves until *Move Them*."""

    _name = "leads.agent.lifecycle.try"
    _description = "Life Cycle Rule Test"

    rule_id = Link("leads.agent.lifecycle.rule", required=True, ondelete="cascade", readonly=True)
    fitting = fields.Integer(string="Matching Leads", readonly=True)
    moving = fields.Integer(string="Leads to Move", readonly=True)
    line_ids = fields.One2many("leads.agent.lifecycle.try.line", "try_id", readonly=True)

    def _work_out(self):
        self.ensure_one()
        leads = self.rule_id._existing()
        plan = self.rule_id._plan_existing(leads)
        self.write({"fitting": len(leads), "moving": len(plan)})
        now_at = {lead.id: lead for lead in leads}
        self.env["leads.agent.lifecycle.try.line"].create(
            [
                {
                    "try_id": self.id,
                    "partner_id": lead_id,
                    "stage_from_id": now_at[lead_id].stage_id,
                    "status_from_id": now_at[lead_id].status_id,
                    "stage_id": step.stage_id,
                    "status_id": step.status_id,
                }
                for lead_id, step in list(plan.items())[:SHOWN]
            ]
        )

    @takes(given.one)
    def action_move(self):
        """Move the leads that match now, including changes since the dry run."""
        self.ensure_one()
        self.env.user._check_leads_manager()
        plan = self.rule_id._plan_existing(self.rule_id._existing())
        # sudo: res.partner - managers configure rules and may apply them to leads in their sight
        LifeCycle(self.sudo().env).step(plan, self.env._("Test of the Rule '%s' on Existing Leads", self.rule_id.name))
        return {"type": "ir.actions.act_window_close"}
