from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import jobs
from ..arguments import takes
from ..assigning import Assigning, Request, Terms
from ..fields import Link
from ..selecting import OrderSelection
from ..tools import given

# More leads than this are processed by the job in the background.
MOST_IN_REQUEST = 10_000
# Leads per transaction of the job, and per round of a request.
CHUNK = 1_000
DIALOG = "leads_agent.leads_agent_batch_assign_view_form_dialog"
PAGE = "leads_agent.leads_agent_batch_assign_view_form"


class LeadsAgentBatchAssign(models.Model):
    """Orders whose customers are assigned to one agent, with a log of the results.

    Records user, time and filter, with one line per lead; several orders of one customer are one lead. A job processes
    more leads than fit into a request, in chunks that are committed one by one (``running``); users can leave, watch
    and cancel it. A line without a result is pending: this is the only record of progress, so after a server stop the
    job continues with the next chunk. Leads that are assigned at once get their lines then.
    """

    _name = "leads.agent.batch.assign"
    _description = "Batch Assignment"
    _order = "id desc"

    # The request cannot change once the batch has begun, so that it matches the log.
    _request_fields = frozenset(("agent_id", "reassign", "company_id", "selected_order_ids", "whole_filter", "domain"))
    # Results are written only by the batch itself.
    _own_fields = frozenset(("state", "task", "executed_at", "started_by_id", "line_ids"))

    name = fields.Char(compute="_compute_name")
    agent_id = Link("res.users", string="Leads Agent", domain=[("can_hold_leads", "=", True)], ondelete="restrict")
    reassign = fields.Boolean(help="Also take leads that another agent holds.")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    task = fields.Selection(
        [("assign", "Assigning")], readonly=True, copy=False, help="The current or latest step of the batch."
    )
    company_id = Link("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    selected_order_ids = fields.Json(
        string="Selected Orders",
        default=lambda self: list(self._of_list("active_ids") or ()),
        help="The IDs of the selected orders. They are kept so that orders deleted in the meantime can be reported.",
    )
    whole_filter = fields.Boolean(
        string="All Orders of the Filter",
        help="All orders that match the filter of the list, not only the selected ones.",
    )
    domain = fields.Char(
        string="Filter",
        default=lambda self: str(self._of_list("active_domain") or "") or False,
        help="The filter of the order list. Matching orders are read when the batch starts.",
    )
    order_count = fields.Integer(string="Orders", compute="_compute_order_count")
    filter_count = fields.Integer(string="Orders of the Filter", compute="_compute_order_count")
    selection_warning = fields.Char(compute="_compute_order_count")
    line_ids = fields.One2many("leads.agent.batch.assign.line", "batch_id", string="Result Log", readonly=True)
    lead_count = fields.Integer(string="Leads", compute="_compute_counts")
    assigned_count = fields.Integer(string="Assigned", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    pending_count = fields.Integer(string="To Do", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="Percentage of the leads that have been processed.")
    started_by_id = Link("res.users", string="By", readonly=True, copy=False)
    executed_at = fields.Datetime(string="Run On", readonly=True, copy=False)

    @api.model
    def _of_list(self, key):
        """Return a value of the context that the web client sends from the list of orders."""
        return self.env.context.get("active_model") == "sale.order" and self.env.context.get(key)

    @api.depends("agent_id", "executed_at", "create_date")
    def _compute_name(self):
        for batch in self:
            batch.name = self.env._(
                "%(agent)s, %(date)s",
                agent=batch._receiver_name() or self.env._("No agent"),
                date=fields.Date.to_string(batch.executed_at or batch.create_date or fields.Date.today()),
            )

    def _receiver_name(self):
        return self.agent_id.name

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and field.name in self._own_fields:
            return False
        return super()._has_field_access(field, operation)

    @takes(vals=given.values)
    def write(self, vals):
        if vals.keys() & self._request_fields:
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """:raises UserError: when the batch has begun; the batch itself goes on"""
        if not self.env.su and any(batch.state != "draft" for batch in self):
            raise UserError(self.env._("This batch has begun. Select the orders again for another one."))

    @api.depends("selected_order_ids", "domain", "whole_filter")
    def _compute_order_count(self):
        for batch in self:
            selection = batch._selection()
            batch.order_count = selection.count_selected()
            batch.filter_count = selection.count_filtered() if batch.whole_filter else 0
            batch.selection_warning = not batch.whole_filter and selection.warning()

    @api.depends("line_ids.result", "state")
    def _compute_counts(self):
        # sudo: leads.agent.batch.assign.line - figures of a batch that the user reads
        Line = self._lines().sudo()
        rows = Line._read_group([("batch_id", "in", self.ids)], ["batch_id", "result"], ["__count"])
        counted = defaultdict(Counter)
        for batch, result, count in rows:
            counted[batch.id][result] = count
        for batch in self:
            mine = counted[batch.id]
            batch.lead_count = mine.total()
            batch.assigned_count = mine["assigned"]
            batch.skipped_count = mine.total() - mine["assigned"] - mine[False]
            batch.pending_count = mine[False]
            batch.progress = 100 * (1 - mine[False] / mine.total()) if mine else 0

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_assign(self):
        """Assign the customers of the orders, and open the result log.

        :raises UserError: when the selection, the agents or the state do not allow it; nothing is changed then
        """
        self._take("draft")
        leads = self._prepare_leads()
        return self._start("assign", len(leads), leads)

    @takes(given.one)
    def action_cancel(self):
        """Stop a running batch after the current chunk. Leads already assigned stay assigned.

        :raises UserError: when the batch is not running
        """
        self._take("running")
        self._cancel(self.env._("Cancelled before this lead was processed."))
        return self._open()

    @takes(given.one)
    def action_open_lines(self):
        """Open the result log as a list with filters, groups, graph and export."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_batch_lines")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _take(self, *states):
        """Check that the state of the batch allows the operation.

        Of two simultaneous calls, the slower one fails when it writes the state, and is retried by Odoo.

        :raises UserError: when the batch is in none of these states
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("write")
        if self.state not in states:
            raise UserError(self._state_sentence())

    def _state_sentence(self):
        """Return why the state of the batch does not allow the operation."""
        match self.state:
            case "draft":
                return self.env._("This batch has not been run yet.")
            case "running":
                return self.env._("This batch is running. Open it to see how far it is.")
            case "cancelled":
                return self.env._("This batch was cancelled. Select the orders again for another one.")
        return self.env._("This batch has been run already. Select the orders again for another one.")

    def _open(self):
        """Open the log of a finished batch in its dialog, or the page of a larger one."""
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
    # Orders and agents
    # ------------------------------------------------------------------

    def _prepare_leads(self):
        """Find the leads of the batch, one per customer, the newest orders first.

        The orders and customers are locked against deletion until their lines are written, which is much later when
        they are assigned at once.

        :returns: list of :class:`Row`, without a reason yet
        :raises UserError: when the orders or the agents do not allow a batch
        """
        selection = self._selection()
        domain, order_ids = selection.chosen()
        self._prepare_receivers()
        leads = self._lines()._find_leads(self, domain, order_ids)
        if selection.by_filter and not leads:
            raise UserError(self.env._("No order matches the filter of this batch."))
        return leads

    def _selection(self):
        return OrderSelection(self.env, self.selected_order_ids, self.domain, self.whole_filter)

    def _prepare_receivers(self):
        """:raises UserError: when none of the receivers may hold leads"""
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        self.agent_id.with_company(self.company_id)._check_may_hold_leads()

    def _receivers(self):
        """Return the users who receive leads of this batch."""
        return self.agent_id

    @api.autovacuum
    def _gc_abandoned(self):
        """Delete drafts of dialogs that were closed."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", yesterday)], limit=1000).unlink()

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    def _start(self, task, to_do, leads=()):
        """Process the batch now if it fits into a request, else by the job.

        :param int to_do: number of pending lines
        :param leads: what :meth:`_prepare_leads` found, when there are no lines yet
        """
        # sudo: leads.agent.batch.assign - a batch writes its own state; only managers get here
        batch = self.sudo()
        # sudo: res.users - the names of two users, read in one query
        (self.env.user | self.agent_id).sudo().partner_id.mapped("name")
        begun = {"task": task, "started_by_id": self.env.uid, "executed_at": fields.Datetime.now()}
        if to_do > MOST_IN_REQUEST:
            self._lines()._insert_leads(batch, leads)
            batch.write({"state": "running", **begun})
            # sudo: ir.cron - the job continues the batch that a manager started
            self.env.ref("leads_agent.cron_run_batches").sudo()._trigger()
            return self._open()
        while batch._work(task, leads):
            leads = ()
        batch.write(begun)
        return self._open()

    def _work(self, task, leads=()):
        """Process the next chunk.

        :param leads: of :meth:`_prepare_leads`, to be assigned before any pending lines
        :returns: how many were processed; 0 when the batch is over and was finished
        """
        done = self._work_chunk(task, leads)
        if done < CHUNK:
            self._forget_lines()
            self._finish(task)
            return 0
        return done

    def _work_chunk(self, task, leads):
        return self._assign_chunk(leads or self._lines()._read_pending(self, CHUNK), new=bool(leads))

    def _finish(self, task):
        """Finish the batch: all lines are processed."""
        self.state = "done"
        self._lines()._tell_agents(self, "assigned", "reassigned")

    def _any_order(self, agents):
        """Whether customers of completed orders are accepted: all receivers may see such orders."""
        return not any(agent.leads_partial_only for agent in agents)

    def _assign_chunk(self, rows, new=False):
        """Assign some leads, and write the results on their lines.

        :param rows: :class:`Row` of lines, or of :meth:`_prepare_leads`
        :param bool new: the rows are leads without lines
        :returns: number of processed lines
        """
        if rows:
            usual = self._reason("one")
            self._give_out(rows, {row.partner_id: (row.agent_id, row.reason or usual) for row in rows}, new=new)
        return len(rows)

    def _assigning(self):
        """Return the assigning, as the user who started the batch and in its company."""
        # sudo: leads.agent.assignment - a manager started the batch; nobody writes assignments directly
        env = self.sudo().with_company(self.company_id).env
        terms = Terms("batch", any_order=self._any_order(self._receivers()), reassign=self.reassign)
        return Assigning(env, terms, batch=self, tell=False)

    def _give_out(self, rows, shares, refused=(), examined=None, new=False):
        """Assign leads to their agents.

        :param dict shares: ``{partner_id: (agent_id, reason)}``
        :param refused: ``(id, result, reason, detail)`` of the rows without an agent
        :param assigning.Examined examined: data on the customers
        :returns: ``{partner_id: assigning.Result}``
        """
        requests = [Request(row.partner_id, *shares[row.partner_id]) for row in rows if row.partner_id in shares]
        results = self._assigning().run(requests, examined)
        result_of = {request.partner_id: result for request, result in zip(requests, results, strict=True)}
        self._lines()._log_outcomes(self, rows, result_of, refused, new)
        return result_of

    def _reason(self, cause):
        """Return why this agent, as stored on the assignment."""
        return self.env._("Batch by %s", self.env.user.name)

    def _cancel(self, reason):
        """Stop the batch, with the reason on all pending lines."""
        # sudo: leads.agent.batch.assign - a batch writes its own state
        batch = self.sudo()
        batch.state = "cancelled"
        batch._lines()._close_pending(batch, reason)

    def _lines(self):
        return self.env["leads.agent.batch.assign.line"]

    def _forget_lines(self):
        """Invalidate the cache after lines were written in SQL."""
        self._lines().invalidate_model(flush=False)
        self.invalidate_recordset(
            ["line_ids", "lead_count", "assigned_count", "skipped_count", "pending_count", "progress"], flush=False
        )

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    @api.model
    def _cron_run_batches(self):
        """Continue running batches, except for those that another worker is processing."""
        # sudo: leads.agent.batch.assign - the job runs the batches of all companies
        running = self.sudo().search([("state", "=", "running")], order="executed_at, id")
        # As the user who started it, whose rights were checked then.
        batches = [batch.with_user(batch.started_by_id).sudo() for batch in running]
        jobs.run(self.env, batches, lambda batch: batch._work_in_job(), lambda batch, error: batch._stop(error))

    def _stop(self, error):
        """Stop only this batch after an error, with a message."""
        self._cancel(self.env._("Stopped by an error (%s) before this lead was processed.", type(error).__name__))

    def _work_in_job(self):
        """Process one chunk, unless another worker has the batch or it no longer runs.

        :returns: the batch, if there are more chunks
        """
        self.env.invalidate_all()
        if not self.exists() or not self.try_lock_for_update() or self.state != "running":
            return None
        return self if self._work(self.task) else None
