from odoo import api, fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentSelfTestLine(models.Model):
    """One result of a visibility test: an agent and a model, or something about a model, a rule or a group."""

    _name = "leads.agent.self.test.line"
    _description = "Visibility Test Result"
    _order = "sequence, id"
    _log_access = False

    test_id = Link("leads.agent.self.test", required=True, index=True, ondelete="cascade")
    agent_id = Link(
        "res.users",
        string="Leads Agent",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty if it applies to all agents.",
    )
    model = fields.Char(string="Technical Name")
    model_name = fields.Char(string="Model")
    seen = fields.Integer(
        help="The number of records that the agent can read, including archived ones.", aggregator="sum"
    )
    expected = fields.Integer(
        help="The number of records that the agent should be able to read, according to the settings and assignments.",
        aggregator="sum",
    )
    verdict = fields.Selection(
        [
            ("ok", "As it should be"),
            ("note", "Note"),
            ("too_much", "Sees too much"),
            ("too_little", "Sees too little"),
            ("widened", "Visibility Widened"),
            ("uncovered", "Not Covered by a Rule"),
            ("failed", "Could not be tested"),
        ],
        required=True,
    )
    is_finding = fields.Boolean(string="Finding", compute="_compute_is_finding", store=True)
    sequence = fields.Integer(compute="_compute_is_finding", store=True, aggregator=None)
    explanation = fields.Text()
    may_be_closed = fields.Boolean(compute="_compute_may_be_closed", export_string_translation=False)

    @api.depends("verdict", "agent_id")
    def _compute_is_finding(self):
        """Findings are sorted first, those about all agents at the top."""
        for line in self:
            line.is_finding = line.verdict not in ("ok", "note")
            line.sequence = (2 if line.agent_id else 1) if line.is_finding else 3

    @api.depends("model", "verdict")
    def _compute_may_be_closed(self):
        """Whether the model is too open, not closed yet, and not needed by agents."""
        closed = set(self.env["leads.agent.closed.model"].search([("active", "=", True)]).mapped("model"))
        # sudo: ir.model - technical names, which Leads Managers may not read
        closable = set(self.env["leads.agent.closed.model"]._closable_models().sudo().mapped("model"))
        for line in self:
            too_open = line.verdict in ("too_much", "uncovered")
            line.may_be_closed = too_open and line.model in closable - closed

    @takes(given.one)
    def action_close_model(self):
        """Open the form to close the model to agents, or the existing record if it is closed already."""
        self.ensure_one()
        Closed = self.env["leads.agent.closed.model"]
        Closed.check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close to Agents"),
            "res_model": Closed._name,
            "res_id": Closed.search([("model", "=", self.model)], limit=1).id,
            "views": [(self.env.ref("leads_agent_audit.leads_agent_closed_model_view_form_dialog").id, "form")],
            "target": "new",
            "context": {"default_model_id": self.env["ir.model"]._get_id(self.model)},
        }
