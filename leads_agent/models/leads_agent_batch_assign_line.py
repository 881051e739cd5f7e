from odoo import fields, models

from ..fields import Link
from ..tools import terms


class LeadsAgentBatchAssignLine(models.Model):
    """What a batch did with one customer, or plans to do, and why.

    Without a result, the lead has not had its turn; with an agent, it is planned for that agent.
    """

    _name = "leads.agent.batch.assign.line"
    _description = "Batch Assignment Result"
    _order = "batch_id desc, id"
    _rec_name = "partner_id"
    _log_access = False

    batch_id = Link("leads.agent.batch.assign", required=True, readonly=True, ondelete="cascade")
    order_id = Link("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    partner_id = Link("res.partner", string="Customer", readonly=True, index="btree_not_null", ondelete="set null")
    agent_id = Link("res.users", string="Leads Agent", readonly=True, ondelete="set null")
    previous_agent_id = Link(
        "res.users",
        string="Taken From",
        readonly=True,
        ondelete="set null",
        help="Who held the lead before the batch took it.",
    )
    assignment_id = Link("leads.agent.assignment", readonly=True, index="btree_not_null", ondelete="set null")
    result = fields.Selection(terms.RESULTS, readonly=True)
    reason = fields.Char(readonly=True)
    undone = fields.Selection([("undone", "Given back"), ("left", "Left as it is")], readonly=True)
    undo_reason = fields.Char(string="Why", readonly=True)

    _batch_result_idx = models.Index("(batch_id, result)")
    _batch_pending_idx = models.Index("(batch_id, id) WHERE result IS NULL")
