from odoo import api, fields, models, tools
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class LeadsAgentStage(models.Model):
    """A stage of the way from lead to customer. Managers configure the stages and their order."""

    _name = "leads.agent.stage"
    _inherit = ["leads.agent.lifecycle.setup"]
    _description = "Life Cycle Stage"
    _order = "sequence, id"
    _lead_field = "lead_stage_id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(export_string_translation=False)
    fold = fields.Boolean(string="Folded", help="Folded in the kanban view by stage.")
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Leads that have been in this stage for more than this number of days are marked as rotting. 0: never.",
    )
    status_ids = fields.Many2many(
        "leads.agent.status",
        "leads_agent_stage_status_rel",
        help="The statuses that a lead can have in this stage. Leave empty for all statuses.",
    )
    weight = fields.Float(
        string="Weight for Next Lead",
        default=1.0,
        help="The weight of leads in this stage when the next lead to call is chosen: 2 counts double, 0.5 "
        "counts half.",
    )
    needs_email = fields.Boolean(string="E-mail Required")
    needs_phone = fields.Boolean()
    needs_company = fields.Boolean()
    needs_country = fields.Boolean()
    lead_count = fields.Integer(string="Leads", compute="_compute_lead_count")

    _rotting_threshold_days = models.Constraint(
        "CHECK(rotting_threshold_days >= 0)", "Days to rot cannot be negative. Use 0 to turn this off."
    )

    _weight = models.Constraint(
        "CHECK(weight BETWEEN 0.01 AND 100)", "The weight of a stage must be between 0.01 and 100."
    )

    def _compute_lead_count(self):
        counts = dict(
            self.env["res.partner"]._read_group([("lead_stage_id", "in", self.ids)], ["lead_stage_id"], ["__count"])
        )
        for stage in self:
            stage.lead_count = counts.get(stage, 0)

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if "weight" in vals:
            self.env["leads.agent.desk"]._refresh_priorities(Domain("partner_id.lead_stage_id", "in", self.ids))
        return result

    @api.model
    @tools.ormcache()
    def _weights(self):
        """Return ``{stage_id: weight}``, without stages of weight 1."""
        # sudo: leads.agent.stage - configuration that all users may read
        stages = self.sudo().search_fetch([("weight", "!=", 1)], ["weight"])
        return {stage.id: stage.weight for stage in stages}

    def _text_in_use(self):
        return self.env._("Leads are in the stage '%s'. Move them to another one first.", self.name)

    def _missing(self, lead):
        """Return the labels of the information that the stage requires and the lead lacks."""
        self.ensure_one()
        label = {name: lead._fields[name]._description_string(self.env) for name in ("email", "phone", "country_id")}
        return [
            text
            for asked, has, text in (
                (self.needs_email, lead.email, label["email"]),
                (self.needs_phone, lead.phone, label["phone"]),
                (self.needs_company, lead.is_company or lead.parent_id, self.env._("Company")),
                (self.needs_country, lead.country_id, label["country_id"]),
            )
            if asked and not has
        ]

    def _statuses(self):
        """Return ``{stage_id: [status_id]}``, in the order of the statuses."""
        everyone = self.env["leads.agent.status"].search(Domain.TRUE)
        return {stage.id: [status.id for status in (stage.status_ids.sorted() or everyone)] for stage in self}
