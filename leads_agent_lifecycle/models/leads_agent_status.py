from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadsAgentStatus(models.Model):
    """What was last tried with a lead: new, attempted contact, contacted, unresponsive."""

    _name = "leads.agent.status"
    _inherit = ["leads.agent.lifecycle.setup"]
    _description = "Life Cycle Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(export_string_translation=False)
    stage_ids = fields.Many2many(
        "leads.agent.stage",
        "leads_agent_stage_status_rel",
        string="Stages",
        help="The stages in which a lead may have this status. Stages that name none take all of them.",
    )

    def write(self, vals):
        if vals.get("active") is False:
            self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        """:raises UserError: while leads have one of these statuses"""
        # sudo: res.partner - whether there is any, whoever may see it
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if lead := partners.search([("lead_status_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Leads have the status '%s'. Give them another one.", lead.lead_status_id.name))
