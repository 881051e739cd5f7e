from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.models.leads_agent_batch_assign import CHUNK
from odoo.addons.leads_agent.models.leads_agent_batch_assign import LeadsAgentBatchAssign as OneAgent
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.limits import MOST_LEADS

from ..sharing import Sharing
from ..tools import distribution
from ..undoing import Undoing


class LeadsAgentBatchAssign(models.Model):
    """A batch shared among several agents, and a plan before anything is assigned.

    Life cycle: ``draft``, then assigned at once, or ``planned`` first (a dry run: the same plan is committed later, and
    changes in between are reported), ``done``, and possibly ``undone``.
    A line with an agent and without a result is planned for that agent.
    """

    _inherit = "leads.agent.batch.assign"

    _request_fields = OneAgent._request_fields | {
        *("agent_ids", "team_id", "method", "cap", "prefer_previous", "prefer_lang", "prefer_country", "share_ids")
    }
    _own_fields = OneAgent._own_fields | {"plan_turns", "turns", "undo_summary"}

    agent_ids = fields.Many2many(
        "res.users",
        "leads_agent_batch_assign_agent_rel",
        string="Share Among",
        domain=[("can_hold_leads", "=", True)],
        help="Several agents share the leads. Agents who are away or have reached their limits get none.",
    )
    team_id = Link(
        "crm.team",
        string="Call Center",
        ondelete="set null",
        help="The leads are shared among the agents of this call center, following its rotation.",
    )
    method = fields.Selection(
        distribution.METHODS,
        required=True,
        default="equal",
        help="Equal shares and shares by weight continue where the last batch of the same call center ended.",
    )
    cap = Bounded(
        string="Maximum per Agent", most=MOST_LEADS, help="Limit for this batch. 0: only the agents' own limits apply."
    )
    prefer_previous = fields.Boolean(string="Prefer the Previous Agent")
    prefer_lang = fields.Boolean(string="Prefer the Same Language")
    prefer_country = fields.Boolean(string="Prefer the Same Country")
    share_ids = fields.One2many("leads.agent.batch.assign.share", "batch_id", string="Agents")
    state = fields.Selection(
        selection_add=[("planned", "Planned"), ("running",), ("done",), ("cancelled",), ("undone", "Undone")],
        ondelete={"planned": "set cancelled", "undone": "set cancelled"},
    )
    task = fields.Selection(
        selection_add=[("plan", "Planning"), ("assign",), ("undo", "Undoing")],
        ondelete={"plan": "set null", "undo": "set null"},
    )
    plan_turns = fields.Json(readonly=True, copy=False, help="The progress of a plan that is being prepared.")
    turns = fields.Json(readonly=True, copy=False, help="The state of the rotation before and after the batch.")
    undo_summary = fields.Char(string="Undoing", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("team_id", "share_ids")
    def _compute_name(self):
        return super()._compute_name()

    def _receiver_name(self):
        # sudo: crm.team - the name of the call center of the batch
        name = super()._receiver_name() or self.team_id.sudo().name
        return name or (self.share_ids and self.env._("%s agents", len(self.share_ids)))

    @api.depends("line_ids.undone", "task")
    def _compute_counts(self):
        result = super()._compute_counts()
        for batch in self.filtered(lambda batch: batch.state == "running" and batch.task == "undo"):
            # sudo: leads.agent.batch.assign.line - figures of a batch that the user reads
            batch.pending_count = (
                batch._lines()
                .sudo()
                .search_count([("batch_id", "=", batch.id), ("result", "=", "assigned"), ("undone", "=", False)])
            )
            to_do = batch.assigned_count
            batch.progress = 100 * (1 - batch.pending_count / to_do) if to_do else 0
        return result

    @api.constrains("agent_id", "agent_ids", "team_id")
    def _check_one_or_several(self):
        for batch in self:
            if batch.agent_id and (batch.agent_ids or batch.team_id):
                raise ValidationError(self.env._("Choose one agent, or several to share the leads; not both."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_assign(self):
        """Assign the customers of the orders, and open the result log; a planned batch is committed as planned.

        :raises UserError: when the selection, the agents or the state do not allow it; nothing is changed then
        """
        return self.action_commit() if self.state == "planned" else super().action_assign()

    @takes(given.one)
    def action_plan(self):
        """Plan the batch without assigning anything: each line gets the agent planned for the lead.

        :raises UserError: as for :meth:`action_assign`
        """
        self._take("draft")
        # The plan decides who gets which lead, also for a single agent.
        leads = [lead._replace(agent_id=None) for lead in self._prepare_leads()]
        if self.agent_id:
            self.share_ids._prepare(self, self.agent_id)
        self._lines()._insert_leads(self, leads)
        return self._start("plan", len(leads))

    @takes(given.one)
    def action_commit(self):
        """Commit the plan exactly as it is; what has changed since is reported on the lines.

        :raises UserError: when there is no plan, it assigns no lead, or is already committed
        """
        self._take("planned")
        if not self.pending_count:
            raise UserError(
                self.env._(
                    "There is nothing to apply. This plan assigns no leads. The result log gives the reason for each"
                    " lead."
                )
            )
        return self._start("assign", self.pending_count)

    @takes(given.one)
    def action_cancel(self):
        """Stop a running batch after the current chunk, or discard a plan. Leads already assigned stay assigned.

        :raises UserError: when the batch is neither running nor planned
        """
        if self.state != "planned":
            return super().action_cancel()
        self._take("planned")
        self._cancel(self.env._("Cancelled before this lead was processed."))
        return self._open()

    @takes(given.one)
    def action_undo(self):
        """Undo the assignments of the batch where nothing has happened to the lead since.

        :raises UserError: when there is nothing to undo, or the batch is already undone
        """
        self._take("done", "cancelled")
        if not self.assigned_count:
            raise UserError(self.env._("There is nothing to undo. This batch assigned no leads."))
        # sudo: leads.agent.batch.assign - only the batch itself writes its log
        Undoing(self.sudo()).forget_left()
        return self._start("undo", self.assigned_count)

    @takes(given.one)
    def action_open_load(self):
        """Open a chart of the leads of each agent, before and after."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent_distribution.action_batch_load")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _state_sentence(self):
        match self.state:
            case "planned":
                return self.env._("This batch is planned but has not been run yet.")
            case "undone":
                return self.env._("This batch has already been undone.")
        return super()._state_sentence()

    # ------------------------------------------------------------------
    # Receivers
    # ------------------------------------------------------------------

    def _prepare_receivers(self):
        """Return the agents who share the leads: those chosen who are available and have room.

        :raises UserError: when there is none
        """
        if self.agent_id:
            super()._prepare_receivers()
            return
        # sudo: crm.team, res.users - members of the call center, and who is available now
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
        self.share_ids._prepare(self, available)

    def _receivers(self):
        return super()._receivers() or self.share_ids.agent_id

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _work_chunk(self, task, leads):
        match task:
            case "plan":
                return self._plan_chunk()
            case "undo":
                return Undoing(self).run(CHUNK)
        return super()._work_chunk(task, leads)

    def _finish(self, task):
        if task == "undo":
            Undoing(self).finish()
            return self._lines()._tell_agents(self, "undone", "assigned", SQL("undone = 'undone'"), restored=True)
        if self.plan_turns or not self.agent_id:
            self.share_ids._count(planned=task == "plan")
        if task != "plan":
            return super()._finish(task)
        self.state = "planned"
        return None

    def _plan_chunk(self):
        """Plan an agent for the next leads, and write the agent on their lines.

        :returns: how many lines were planned
        """
        rows = self._lines()._read_pending(self, CHUNK, Domain("agent_id", "=", False))
        if not rows:
            return 0
        turns = self.plan_turns
        if not turns and not self.agent_id:
            # sudo: leads.agent.rotation - only managers can reach this code
            turns = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id).turns
        sharing = Sharing(self)
        plan, refused, examined = sharing.share(rows, self._receivers(), distribution.restored(turns), planning=True)
        sharing.write_planned(rows, plan, refused, examined.leads)
        self.plan_turns = distribution.stored(plan.turns)
        return len(rows)

    # ------------------------------------------------------------------
    # Distributing
    # ------------------------------------------------------------------

    def _assign_chunk(self, rows, new=False):
        """Assign planned leads to their agents and count them in the rotation; distribute the others."""
        if self.agent_id or not rows:
            return super()._assign_chunk(rows, new)
        # sudo: leads.agent.rotation - only managers can reach this code
        rotation = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id)
        plan, refused, examined, before = None, [], None, rotation.turns
        if all(row.agent_id for row in rows):
            usual = self._reason("one")
            shares = {partner_id: (agent_id, reason or usual) for _line, partner_id, agent_id, reason in rows}
        else:
            turns = distribution.restored(before)
            plan, refused, examined = Sharing(self).share(rows, self.share_ids.agent_id._leads_available(), turns)
            shares = {nr: (agent_id, self._reason(cause)) for nr, (agent_id, cause) in plan.shares.items()}
        result_of = self._give_out(rows, shares, refused, examined, new)
        weights = self._weights() if self.method == "weight" else {}
        if plan:
            missed = Counter(shares[nr][0] for nr, result in result_of.items() if result.result != "assigned")
            rotation._keep(plan.turns, missed, self.method, weights)
        else:
            served = [shares[nr][0] for nr, result in result_of.items() if result.result == "assigned"]
            rotation._follow(served, self.share_ids.agent_id, self.method, weights)
        self._note_turns(before, rotation.turns)
        return len(rows)

    def _note_turns(self, before, after):
        """Keep the rotation from before the batch so that undoing can restore it, unless others used it in between."""
        if not self.turns:
            self.turns = {"before": before, "after": after}
        elif self.turns["after"] == before:
            self.turns = {"before": self.turns["before"], "after": after}

    def _weights(self):
        return {share.agent_id.id: share.weight or 1 for share in self.share_ids}

    def _reason(self, cause):
        """Return the reason for this agent, as stored on the assignment."""
        user = self.env.user.name
        match cause:
            case "previous":
                return self.env._("Batch by %s: held the customer before", user)
            case "lang":
                return self.env._("Batch by %s: speaks the language", user)
            case "country":
                return self.env._("Batch by %s: same country", user)
            case "least":
                return self.env._("Batch by %s: had the fewest open leads", user)
            case "turn" if not self.agent_id:
                return self.env._("Batch by %s: next in turn", user)
        return super()._reason(cause)
