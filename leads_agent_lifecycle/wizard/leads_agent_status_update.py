from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentStatusUpdate(models.TransientModel):
    """*Update Status*: move one lead or many."""

    _name = "leads.agent.status.update"
    _description = "Update Status"

    partner_ids = fields.Many2many("res.partner", string="Leads", required=True)
    stage_id = Link("leads.agent.stage", help="Leave empty to keep each lead in its current stage.")
    status_id = Link("leads.agent.status", domain="[('id', 'in', allowed_status_ids)]")
    allowed_status_ids = fields.Many2many("leads.agent.status", compute="_compute_allowed_status_ids")

    @api.model
    @takes(fields=given.names)
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner" and not values.get("partner_ids"):
            values["partner_ids"] = self.env.context.get("active_ids", [])
        return values

    @api.depends("stage_id", "partner_ids")
    def _compute_allowed_status_ids(self):
        everyone = self.env["leads.agent.status"].search(Domain.TRUE)
        for update in self:
            allowed = everyone
            for stage in update.stage_id or update.partner_ids.lead_stage_id:
                allowed &= stage.status_ids or everyone
            update.allowed_status_ids = allowed

    @takes(given.one)
    def action_update(self):
        """Move the leads.

        :raises UserError: without a stage or status, or without leads
        """
        self.ensure_one()
        vals = {}
        if self.stage_id:
            vals["lead_stage_id"] = self.stage_id.id
        if self.status_id:
            vals["lead_status_id"] = self.status_id.id
        if not vals:
            raise UserError(self.env._("Choose a stage, a status, or both."))
        if not self.partner_ids:
            raise UserError(self.env._("Select the leads first."))
        self.partner_ids.write(vals)
        return {"type": "ir.actions.act_window_close"}
