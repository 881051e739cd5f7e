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

# More leads than this are worked through by the job, in the background.
MOST_IN_REQUEST = 10_000
# Leads per transaction of the job, and per round of a request.
CHUNK = 1_000
DIALOG = "leads_agent.leads_agent_batch_assign_view_form_dialog"
PAGE = "leads_agent.leads_agent_batch_assign_view_form"


class LeadsAgentBatchAssign(models.Model):
    """Orders whose customers are given to one agent, with a log of what became of each.

    Who, when, which filter, and one line per lead; several orders of one customer are one lead. More leads than fit
    into a request are worked through by a job, in chunks that are committed one by one (``running``); it can be left,
    watched and cancelled. A line without a result is still to do: that alone says where the work stands, so a server
    that is ended in the middle goes on with the next chunk. Leads that are assigned at once get their lines then.
    """

    _name = "leads.agent.batch.assign"
    _description = "Batch Assignment"
    _order = "id desc"

    # What was asked for stands once the batch has begun; only then does the log say what came of it.
    _request_fields = frozenset(("agent_id", "reassign", "company_id", "selected_order_ids", "whole_filter", "domain"))
    # What a batch did is written by the batch alone.
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
        help="IDs of the selected orders, kept as numbers so that orders deleted in the meantime can be reported.",
    )
    whole_filter = fields.Boolean(
        string="All Orders of the Filter", help="Not the selection, but all orders that the list was filtered by."
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
        """What the web client says of the list of orders that it comes from."""
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
    # Buttons
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
        """Stop a running batch after the chunk it is at. What is assigned stays.

        :raises UserError: when the batch is not running
        """
        self._take("running")
        self._cancel(self.env._("Cancelled before this lead was processed."))
        return self._open()

    @takes(given.one)
    def action_open_lines(self):
        """The result log as a list of its own, with filters, groups, graph and export."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_batch_lines")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _take(self, *states):
        """Refuse what the state of the batch does not allow.

        Of two at the same moment, the slower one fails when it writes the state, and is retried by Odoo.

        :raises UserError: when the batch is in none of these states
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("write")
        if self.state not in states:
            raise UserError(self._state_sentence())

    def _state_sentence(self):
        """Why the state of the batch does not allow what is asked for."""
        match self.state:
            case "draft":
                return self.env._("This batch has not been run yet.")
            case "running":
                return self.env._("This batch is running. Open it to see how far it is.")
            case "cancelled":
                return self.env._("This batch was cancelled. Select the orders again for another one.")
        return self.env._("This batch has been run already. Select the orders again for another one.")

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

    def _prepare_leads(self):
        """Find the leads of the batch, one per customer, the newest orders first.

        The orders and customers are kept from being deleted until their lines are written, which is much later when
        they are assigned at once.

        :returns: list of :class:`Row`, of the reason nothing yet
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
        """:raises UserError: when there is nobody who may hold leads"""
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        self.agent_id.with_company(self.company_id)._check_may_hold_leads()

    def _receivers(self):
        """Those who receive leads of this batch."""
        return self.agent_id

    @api.autovacuum
    def _gc_abandoned(self):
        """Forget dialogs that were opened and left."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", yesterday)], limit=1000).unlink()

    # ------------------------------------------------------------------
    # Working through them
    # ------------------------------------------------------------------

    def _start(self, task, to_do, leads=()):
        """Do it now if it fits into a request, else have the job do it.

        :param int to_do: how many lines there are to do
        :param leads: what :meth:`_prepare_leads` found, when there are no lines yet
        """
        # sudo: leads.agent.batch.assign - a batch writes its own state; only managers come here
        batch = self.sudo()
        # sudo: res.users - the names of the two people of the story: one query instead of two
        (self.env.user | self.agent_id).sudo().partner_id.mapped("name")
        begun = {"task": task, "started_by_id": self.env.uid, "executed_at": fields.Datetime.now()}
        if to_do > MOST_IN_REQUEST:
            self._lines()._insert_leads(batch, leads)
            batch.write({"state": "running", **begun})
            # sudo: ir.cron - the job goes on with what a manager started
            self.env.ref("leads_agent.cron_run_batches").sudo()._trigger()
            return self._open()
        while batch._work(task, leads):
            leads = ()
        batch.write(begun)
        return self._open()

    def _work(self, task, leads=()):
        """Do the next chunk.

        :param leads: of :meth:`_prepare_leads`, to be assigned before any lines that are to do
        :returns: how many were done; 0 when the batch is over, and then its last words are said
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
        """All lines are done."""
        self.state = "done"
        self._lines()._tell_agents(self, "assigned", "reassigned")

    def _any_order(self, agents):
        """Customers of completed orders are accepted where all who receive leads may see such orders."""
        return not any(agent.leads_partial_only for agent in agents)

    def _assign_chunk(self, rows, new=False):
        """Give some leads out, and write what became of them on their lines.

        :param rows: :class:`Row` of lines, or of :meth:`_prepare_leads`
        :param bool new: they are leads, and have no lines yet
        :returns: how many lines were done
        """
        if rows:
            usual = self._reason("one")
            self._give_out(rows, {row.partner_id: (row.agent_id, row.reason or usual) for row in rows}, new=new)
        return len(rows)

    def _assigning(self):
        """As whoever started the batch, in its company."""
        # sudo: leads.agent.assignment - a manager started the batch; nobody writes assignments directly
        env = self.sudo().with_company(self.company_id).env
        terms = Terms("batch", any_order=self._any_order(self._receivers()), reassign=self.reassign)
        return Assigning(env, terms, batch=self, tell=False)

    def _give_out(self, rows, shares, refused=(), examined=None, new=False):
        """Give leads to their agents.

        :param dict shares: ``{partner_id: (agent_id, reason)}``
        :param refused: ``(id, result, reason)`` of the rows that are in nobody's share
        :param assigning.Examined examined: what is known of the customers
        :returns: ``{partner_id: assigning.Result}``
        """
        requests = [Request(row.partner_id, *shares[row.partner_id]) for row in rows if row.partner_id in shares]
        results = self._assigning().run(requests, examined)
        result_of = {request.partner_id: result for request, result in zip(requests, results, strict=True)}
        self._lines()._log_outcomes(self, rows, result_of, refused, new)
        return result_of

    def _reason(self, cause):
        """Why this agent, in words that stay on the assignment."""
        return self.env._("Batch by %s", self.env.user.name)

    def _cancel(self, reason):
        """Stop the batch; the reason stands on all lines that have not been processed."""
        # sudo: leads.agent.batch.assign - a batch writes its own state
        batch = self.sudo()
        batch.state = "cancelled"
        batch._lines()._close_pending(batch, reason)

    def _lines(self):
        return self.env["leads.agent.batch.assign.line"]

    def _forget_lines(self):
        """Lines were written past the ORM."""
        self._lines().invalidate_model(flush=False)
        self.invalidate_recordset(
            ["line_ids", "lead_count", "assigned_count", "skipped_count", "pending_count", "progress"], flush=False
        )

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_run_batches(self):
        """Go on with batches that are running; those that another worker is at are left to it."""
        # sudo: leads.agent.batch.assign - the job runs the batches of all companies
        running = self.sudo().search([("state", "=", "running")], order="executed_at, id")
        # As whoever started it, and nobody less: the right to was checked then.
        batches = [batch.with_user(batch.started_by_id).sudo() for batch in running]
        jobs.run(self.env, batches, lambda batch: batch._work_in_job(), lambda batch, error: batch._stop(error))

    def _stop(self, error):
        """An error stops this batch, with a sentence, and no other."""
        self._cancel(self.env._("Stopped by an error (%s) before this lead was processed.", type(error).__name__))

    def _work_in_job(self):
        """One chunk, if nobody else is at the batch and it is still to be run.

        :returns: the batch, if there is more to do
        """
        self.env.invalidate_all()
        if not self.exists() or not self.try_lock_for_update() or self.state != "running":
            return None
        return self if self._work(self.task) else None
