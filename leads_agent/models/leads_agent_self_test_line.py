from odoo import api, fields, models

from ..arguments import takes
from ..fields import Link
from ..tools import given


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
        help="Empty: concerns all agents.",
    )
    model = fields.Char(string="Technical Name")
    model_name = fields.Char(string="Model")
    seen = fields.Integer(help="What the agent reads, archived records included.", aggregator="sum")
    expected = fields.Integer(help="What the settings and assignments say.", aggregator="sum")
    verdict = fields.Selection(
        [
            ("ok", "As it should be"),
            ("note", "Note"),
            ("too_much", "Sees too much"),
            ("too_little", "Sees too little"),
            ("widened", "Widened"),
            ("uncovered", "No rule covers it"),
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
        """Findings come first, and first those that concern all agents."""
        for line in self:
            line.is_finding = line.verdict not in ("ok", "note")
            line.sequence = (2 if line.agent_id else 1) if line.is_finding else 3

    @api.depends("model", "verdict")
    def _compute_may_be_closed(self):
        """Whether the model is too open, and neither closed already nor needed by agents."""
        closed = set(self.env["leads.agent.closed.model"].search([("active", "=", True)]).mapped("model"))
        closable = set(self.env["leads.agent.closed.model"]._closable_models().sudo().mapped("model"))
        for line in self:
            too_open = line.verdict in ("too_much", "uncovered")
            line.may_be_closed = too_open and line.model in closable - closed

    @takes(given.one)
    def action_close_model(self):
        """Open the form on which an administrator closes the model to agents."""
        self.ensure_one()
        return self.env["leads.agent.closed.model"]._close_action(self.model)
