from odoo import fields, models

from ..tools import terms


class LeadsAgentBatchAssignLine(models.Model):
    """What a batch did with one customer, and why."""

    _name = "leads.agent.batch.assign.line"
    _description = "Batch Assignment Result"
    _order = "batch_id desc, id"
    _log_access = False

    batch_id = fields.Many2one("leads.agent.batch.assign", required=True, index=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null", ondelete="set null")
    agent_id = fields.Many2one("res.users", string="Leads Agent", ondelete="set null")
    result = fields.Selection(terms.RESULTS, required=True)
    reason = fields.Char()
