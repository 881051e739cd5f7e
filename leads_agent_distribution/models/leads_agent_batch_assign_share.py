from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.tools import given

from ..tools import limits

COUNTED_FIELDS = ("open_before", "planned_count", "taken_count", "open_after")


class LeadsAgentBatchAssignShare(models.Model):
    """An agent's share in a batch for several agents: the weight, and the planned change of the agent's load."""

    _name = "leads.agent.batch.assign.share"
    _description = "Share of an Agent in a Batch"
    _order = "batch_id, id"
    _rec_name = "agent_id"

    batch_id = Link("leads.agent.batch.assign", required=True, index=True, ondelete="cascade")
    agent_id = Link(
        "res.users", string="Leads Agent", required=True, domain=[("can_hold_leads", "=", True)], ondelete="cascade"
    )
    weight = Bounded(
        least=1,
        most=limits.MOST_WEIGHT,
        compute="_compute_weight",
        store=True,
        readonly=False,
        help="The agent's weight relative to the others: an agent with 2 gets twice as many leads as one "
        "with 1. Used when leads are shared by weight.",
    )
    open_before = fields.Integer(readonly=True)
    planned_count = fields.Integer(string="From This Batch", readonly=True)
    taken_count = fields.Integer(string="Taken Away", readonly=True, help="The agent's leads that go to other agents.")
    open_after = fields.Integer(compute="_compute_open_after", store=True)

    _one_per_agent = models.UniqueIndex("(batch_id, agent_id)", "An agent can only be in this batch once.")

    def _has_field_access(self, field, operation):
        """Only the batch itself may write its figures."""
        if operation == "write" and not self.env.su and field.name in COUNTED_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        shares = super().create(vals_list)
        shares.batch_id._check_draft()
        return shares

    @takes(vals=given.values)
    def write(self, vals):
        self.batch_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.batch_id._check_draft()

    def _prepare(self, batch, agents):
        """Create missing shares of these agents, delete other shares, and store the current load of each agent."""
        # sudo: leads.agent.batch.assign.share - the batch writes its own figures
        shares = self.sudo()
        shares.filtered(lambda share: share.agent_id not in agents).unlink()
        known = shares.exists().agent_id
        shares.create([{"batch_id": batch.id, "agent_id": agent.id} for agent in agents - known])
        opened = self.env["leads.agent.rotation"]._open_leads(agents)
        for share in shares.search([("batch_id", "=", batch.id)]):
            share.open_before = opened.get(share.agent_id.id, 0)

    def _count(self, planned=False):
        """Store how many leads each agent gets and loses, as planned or as assigned."""
        # sudo: leads.agent.batch.assign.line - figures of the batch itself
        Line = self.env["leads.agent.batch.assign.line"].sudo()
        domain = [("batch_id", "in", self.batch_id.ids), ("result", "=", False if planned else "assigned")]
        given, taken = Counter(), Counter()
        for agent, previous, count in Line._read_group(domain, ["agent_id", "previous_agent_id"], ["__count"]):
            given[agent] += count
            taken[previous] += count
        for share in self:
            share.planned_count, share.taken_count = given[share.agent_id], taken[share.agent_id]

    @api.depends("agent_id")
    def _compute_weight(self):
        for share in self:
            # sudo: res.users - the default weight of an agent chosen by the manager
            share.weight = share.weight or share.agent_id.sudo().leads_weight or 1

    @api.depends("open_before", "planned_count", "taken_count")
    def _compute_open_after(self):
        for share in self:
            share.open_after = share.open_before + share.planned_count - share.taken_count


class LeadsAgentBatchAssignLoad(models.Model):
    """The load of each agent before and after a batch, as two bars of a chart."""

    _name = "leads.agent.batch.assign.load"
    _description = "Load Before and After a Batch"
    _auto = False
    _order = "agent_id, moment desc"
    _rec_name = "agent_id"
    _depends = {"leads.agent.batch.assign.share": ["batch_id", "agent_id", "open_before", "open_after"]}

    batch_id = Link("leads.agent.batch.assign", readonly=True)
    company_id = Link("res.company", readonly=True)
    agent_id = Link("res.users", string="Leads Agent", readonly=True)
    moment = fields.Selection([("before", "Before"), ("after", "After")], readonly=True)
    leads = fields.Integer(string="Open Leads", readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT 2 * s.id + m.nr AS id, s.batch_id, b.company_id, s.agent_id, m.name AS moment,
                   CASE WHEN m.nr = 0 THEN s.open_before ELSE s.open_after END AS leads
              FROM leads_agent_batch_assign_share s
              JOIN leads_agent_batch_assign b ON b.id = s.batch_id
        CROSS JOIN (VALUES (0, 'before'), (1, 'after')) AS m (nr, name)
            """
        )
