from odoo import fields, models


class LeadsAgentStatus(models.Model):
    """The status of contact with a lead: new, attempted contact, contacted, unresponsive."""

    _name = "leads.agent.status"
    _inherit = ["leads.agent.lifecycle.setup"]
    _description = "Life Cycle Status"
    _order = "sequence, id"
    _lead_field = "lead_status_id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(export_string_translation=False)
    stage_ids = fields.Many2many(
        "leads.agent.stage",
        "leads_agent_stage_status_rel",
        string="Stages",
        help="The stages in which a lead can have this status. A stage without statuses allows all statuses.",
    )

    def _text_in_use(self):
        return self.env._("Some leads have the status '%s'. Give them another status first.", self.name)
