from ast import literal_eval
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..arguments import takes
from ..fields import Bounded, Link
from ..tools import given, limits, terms

# More leads than this are worked through by the job, in the background.
MOST_IN_REQUEST = 10_000
# And more orders than this are refused.
MOST_ORDERS = 300_000
DIALOG = "leads_agent.leads_agent_batch_assign_view_form_dialog"
PAGE = "leads_agent.leads_agent_batch_assign_view_form"
# What a batch did is written by the batch alone.
# What was asked for stands once the batch has begun; only then does the log say what came of it.
REQUEST_FIELDS = frozenset(
    ("agent_id", "agent_ids", "team_id", "method", "cap", "prefer_previous", "prefer_lang", "prefer_country")
    + ("share_ids", "reassign", "company_id", "selected_order_ids", "whole_filter", "domain")
)
OWN_FIELDS = ("state", "task", "executed_at", "started_by_id", "line_ids", "plan_turns", "turns", "undo_summary")
UNREADABLE = (ValueError, SyntaxError, TypeError, KeyError, AttributeError, RecursionError, MemoryError)


class LeadsAgentBatchAssign(models.Model):
    """Orders whose customers are given to one agent, or shared out among several, with a log of what became of each.

    A stored model: who, when, which filter, the plan, and one line per lead with result and reason. Several orders of
    one customer are one lead. Life cycle: ``draft``, then either assigned at once or ``planned`` first (a dry run: the
    same plan is carried out later, and what changed meanwhile is reported), ``done``, and perhaps ``undone``. More
    leads than fit into a request are worked through by a job, in chunks that are committed one by one (``running``); it
    can be left, watched and cancelled. How lines are made and worked through: leads_agent_batch_assign_work.py.
    """

    _name = "leads.agent.batch.assign"
    _description = "Batch Assignment"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    agent_id = Link("res.users", string="Leads Agent", domain=[("can_hold_leads", "=", True)], ondelete="restrict")
    agent_ids = fields.Many2many(
        "res.users",
        "leads_agent_batch_assign_agent_rel",
        string="Share Out Among",
        domain=[("can_hold_leads", "=", True)],
        help="Several agents share the leads. Those who are away now, or full, get none.",
    )
    team_id = Link(
        "crm.team",
        string="Call Center",
        ondelete="set null",
        help="Its agents share the leads, and its rotation counts.",
    )
    method = fields.Selection(
        terms.METHODS,
        required=True,
        default="equal",
        help="Equal shares and shares by weight go on where the last batch of the same call center ended.",
    )
    cap = Bounded(string="At Most per Agent", most=limits.MOST_LEADS, help="In this batch. 0: the agents' own limits.")
    prefer_previous = fields.Boolean(string="Prefer the Previous Agent")
    prefer_lang = fields.Boolean(string="Prefer the Same Language")
    prefer_country = fields.Boolean(string="Prefer the Same Country")
    share_ids = fields.One2many("leads.agent.batch.assign.share", "batch_id", string="Agents")
    reassign = fields.Boolean(help="Also take leads that another agent holds.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    task = fields.Selection(
        [("plan", "Planning"), ("assign", "Assigning"), ("undo", "Undoing")],
        readonly=True,
        copy=False,
        help="What is worked on, or was last.",
    )
    company_id = Link("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    selected_order_ids = fields.Json(
        string="Selected Orders",
        default=lambda self: self._default_selected_order_ids(),
        help="Ids of the selected orders, kept as numbers so that an order deleted meanwhile is reported as gone.",
    )
    whole_filter = fields.Boolean(
        string="All Orders of the Filter", help="Not the selection, but all orders that the list was filtered by."
    )
    domain = fields.Char(
        string="Filter",
        default=lambda self: self._default_domain(),
        help="The orders that the list was filtered by; they are read when the batch starts.",
    )
    order_count = fields.Integer(string="Orders", compute="_compute_order_count")
    filter_count = fields.Integer(string="Orders of the Filter", compute="_compute_order_count")
    selection_warning = fields.Char(compute="_compute_order_count")
    line_ids = fields.One2many("leads.agent.batch.assign.line", "batch_id", string="Result Log", readonly=True)
    lead_count = fields.Integer(string="Leads", compute="_compute_counts")
    assigned_count = fields.Integer(string="Assigned", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    pending_count = fields.Integer(string="To Do", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="Percent of the leads that have their result.")
    started_by_id = Link("res.users", string="By", readonly=True, copy=False)
    executed_at = fields.Datetime(string="Run On", readonly=True, copy=False)
    plan_turns = fields.Json(readonly=True, copy=False, help="Where a plan in the making stands.")
    turns = fields.Json(readonly=True, copy=False, help="Where the rotation stood before and after the batch.")
    undo_summary = fields.Char(string="Undoing", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.model
    def _default_selected_order_ids(self):
        if self.env.context.get("active_model") != "sale.order":
            return []
        return list(self.env.context.get("active_ids") or [])

    @api.model
    def _default_domain(self):
        """The filter of the list; the web client sends it along with every selection."""
        domain = self.env.context.get("active_domain")
        return str(domain) if domain and self.env.context.get("active_model") == "sale.order" else False

    @api.depends("agent_id", "team_id", "share_ids", "executed_at", "create_date")
    def _compute_name(self):
        for batch in self:
            # sudo: crm.team - the name of the call center that the batch names
            receiver = batch.agent_id.name or batch.team_id.sudo().name
            if not receiver and batch.share_ids:
                receiver = self.env._("%s agents", len(batch.share_ids))
            batch.name = self.env._(
                "%(agent)s, %(date)s",
                agent=receiver or self.env._("No agent"),
                date=fields.Date.to_string(batch.executed_at or batch.create_date or fields.Date.today()),
            )

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in OWN_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @takes(vals=given.values)
    def write(self, vals):
        if vals.keys() & REQUEST_FIELDS:
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """:raises UserError: when the batch has begun; the batch itself goes on"""
        if not self.env.su and any(batch.state != "draft" for batch in self):
            raise UserError(self.env._("This batch has begun. Select the orders again for another one."))

    @api.depends("selected_order_ids", "domain", "whole_filter")
    def _compute_order_count(self):
        # sudo: ir.config_parameter - the limit of the web client is no secret
        configured = self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", "")
        limit = int(configured) if configured.isdecimal() else 20_000
        for batch in self:
            selection = batch.selected_order_ids
            batch.order_count = len(selection) if isinstance(selection, list) else 0
            batch.filter_count = batch._count_filtered() if batch.whole_filter else 0
            cut = batch.order_count >= limit and not batch.whole_filter
            batch.selection_warning = cut and self.env._(
                "The web client hands over at most %s orders: what you selected beyond that is not in this batch. "
                "Take all orders of the filter instead.",
                limit,
            )

    def _count_filtered(self):
        """How many orders the filter finds, as far as they count; nothing for a filter that cannot be read."""
        if not self.domain:
            return 0
        try:
            return self.env["sale.order"].search_count(self._parsed_domain(), limit=MOST_ORDERS + 1)
        except UserError:
            return 0

    @api.depends("line_ids.result", "line_ids.undone", "state", "task")
    def _compute_counts(self):
        # sudo: leads.agent.batch.assign.line - figures of a batch that the user reads
        Line = self.env["leads.agent.batch.assign.line"].sudo()
        rows = Line._read_group([("batch_id", "in", self.ids)], ["batch_id", "result", "undone"], ["__count"])
        for batch in self:
            mine, held = Counter(), 0
            for owner, result, undone, count in rows:
                if owner.id == batch.id:
                    mine[result] += count
                    held += count if result == "assigned" and not undone else 0
            batch.lead_count = mine.total()
            batch.assigned_count = mine["assigned"]
            batch.skipped_count = mine.total() - mine["assigned"] - mine[False]
            is_undoing = batch.state == "running" and batch.task == "undo"
            batch.pending_count = held if is_undoing else mine[False]
            to_do = mine["assigned"] if is_undoing else mine.total()
            batch.progress = 100 * (1 - batch.pending_count / to_do) if to_do else 0

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_assign(self):
        """Assign the customers of the orders, and open the result log; a planned batch is carried out as planned.

        :raises UserError: when the selection, the agents or the state do not allow it; nothing is changed then
        """
        self._take("draft", "planned")
        if self.state == "planned":
            return self.action_commit()
        leads = self._prepare_leads()
        return self._start("assign", len(leads), leads)

    @takes(given.one)
    def action_plan(self):
        """Plan without assigning anything: the lines say who would get which lead.

        :raises UserError: as for assigning
        """
        self._take("draft")
        leads = self._prepare_leads(planning=True)
        return self._start("plan", len(leads), leads)

    @takes(given.one)
    def action_commit(self):
        """Carry the plan out, exactly; what changed since is reported on its line.

        :raises UserError: when there is no plan, it gives no lead to anybody, or is carried out already
        """
        self._take("planned")
        if not self.pending_count:
            raise UserError(
                self.env._("Nothing to commit: this plan assigns no leads. The result log gives the reason for each.")
            )
        return self._start("assign", self.pending_count)

    @takes(given.one)
    def action_undo(self):
        """Give back what the batch gave out, where nobody has touched it since.

        :raises UserError: when there is nothing to undo, or it is undone already
        """
        self._take("done", "cancelled")
        if not self.assigned_count:
            raise UserError(self.env._("Nothing to undo: this batch assigned no lead."))
        # sudo: leads.agent.batch.assign - the log is written by the batch alone
        self.sudo()._forget_left()
        return self._start("undo", self.assigned_count)

    @takes(given.one)
    def action_cancel(self):
        """Stop a running batch after the chunk it is at, or give up a plan. What is assigned stays.

        :raises UserError: when the batch is not running or planned
        """
        self._take("planned", "running")
        # sudo: leads.agent.batch.assign - a batch writes its own state
        self.sudo().write({"state": "cancelled"})
        self.sudo()._close_pending(self.env._("Cancelled before this lead had its turn."))
        return self._open()

    @takes(given.one)
    def action_open_lines(self):
        """The result log as a list of its own, with filters, groups, graph and export."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_batch_lines")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    @takes(given.one)
    def action_download(self):
        """The result log as a CSV file, also for managers without the right to export."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/leads_agent/batch/{self.id}.csv", "target": "download"}

    @takes(given.one)
    def action_open_load(self):
        """How many leads each agent has before and after, as bars."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_batch_load")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _take(self, *states):
        """Refuse what the state of the batch does not allow.

        Of two at the same moment, the slower one fails when it writes the state, and is retried by Odoo.

        :raises UserError: when the batch is in none of these states
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("write")
        if self.state in states:
            return
        match self.state:
            case "draft":
                reason = self.env._("This batch has not been run yet.")
            case "planned":
                reason = self.env._("This batch is planned, and not run yet.")
            case "running":
                reason = self.env._("This batch is running. Open it to see how far it is.")
            case "undone":
                reason = self.env._("This batch was undone already.")
            case "cancelled":
                reason = self.env._("This batch was cancelled. Select the orders again for another one.")
            case _:
                reason = self.env._("This batch has been run already. Select the orders again for another one.")
        raise UserError(reason)

    def _open(self):
        """The log of a batch that is done, in the dialog it was started from; or the page of a larger one."""
        done = self.state == "done" and not self.env.context.get("leads_batch_page")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result Log") if done else self.env._("Batch Assignment"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env["ir.model.data"]._xmlid_to_res_id(DIALOG if done else PAGE), "form")],
            "target": "new" if done else "current",
        }

    # ------------------------------------------------------------------
    # Which orders, which agents
    # ------------------------------------------------------------------

    def _checked_order_ids(self):
        """The selection as clean ids without doubles.

        :raises UserError: when it is empty, too large or no list of ids
        """
        order_ids = self.selected_order_ids or []
        if not isinstance(order_ids, list) or not all(type(i) is int and 0 < i < 2**31 for i in order_ids):
            raise UserError(self.env._("The selection is no list of orders. Select them again in the order list."))
        if not order_ids:
            raise UserError(self.env._("Select at least one order."))
        self._check_size(len(order_ids))
        return list(dict.fromkeys(order_ids))

    def _parsed_domain(self):
        """The filter, as far as it can be asked.

        :raises UserError: when it cannot be read
        """
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
            self.env["sale.order"]._search(domain, limit=1)
        except UNREADABLE:
            raise UserError(self.env._("The filter of this batch cannot be read: %s", self.domain)) from None
        return domain

    def _check_size(self, count):
        """:raises UserError: when there are more orders than a batch takes"""
        if count > MOST_ORDERS:
            raise UserError(
                self.env._(
                    "At most %(most)s orders at a time: these are more. Filter them further, by date for instance.",
                    most=MOST_ORDERS,
                )
            )

    def _agents(self):
        """Who receives leads in this batch: the one agent, or those of the several who are there and have room.

        :raises UserError: when there is nobody
        """
        if self.agent_id:
            self.agent_id.with_company(self.company_id)._check_may_hold_leads()
            return self.agent_id
        # sudo: crm.team, res.users - who is in the call center, and who is there now
        agents = (self.agent_ids | self.share_ids.agent_id).sudo().with_company(self.company_id)
        if self.team_id:
            agents |= self.team_id.sudo().member_ids
            agents = agents.filtered("can_hold_leads")
        if not agents:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads, several agents, or a call center."))
        for agent in agents:
            agent._check_may_hold_leads()
        available = agents._leads_available()
        if not available:
            raise UserError(
                self.env._(
                    "None of these agents receives leads now, they are away or full: %s",
                    ", ".join(agents.mapped("name")),
                )
            )
        return available

    @api.constrains("agent_id", "agent_ids", "team_id")
    def _check_one_or_several(self):
        for batch in self:
            if batch.agent_id and (batch.agent_ids or batch.team_id):
                raise ValidationError(self.env._("Choose one agent, or several to share the leads; not both."))

    @api.autovacuum
    def _gc_abandoned(self):
        """Forget dialogs that were opened and left."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", yesterday)], limit=1000).unlink()
