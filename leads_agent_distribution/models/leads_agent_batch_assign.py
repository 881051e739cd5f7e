from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.models.leads_agent_batch_assign import CHUNK
from odoo.addons.leads_agent.models.leads_agent_batch_assign import LeadsAgentBatchAssign as OneAgent
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.limits import MOST_LEADS

from ..tools import distribution


class LeadsAgentBatchAssign(models.Model):
    """A batch for several agents who share the leads, and a plan before anything is assigned.

    Life cycle: ``draft``, then either assigned at once or ``planned`` first (a dry run: the same plan is carried out
    later, and what changed meanwhile is reported), ``done``, and perhaps ``undone``: leads_agent_batch_assign_undo.py.
    With an agent and without a result, a line is planned for that agent.
    """

    _inherit = "leads.agent.batch.assign"

    _request_fields = OneAgent._request_fields | {
        *("agent_ids", "team_id", "method", "cap", "prefer_previous", "prefer_lang", "prefer_country", "share_ids")
    }
    _own_fields = OneAgent._own_fields | {"plan_turns", "turns", "undo_summary"}

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
        distribution.METHODS,
        required=True,
        default="equal",
        help="Equal shares and shares by weight go on where the last batch of the same call center ended.",
    )
    cap = Bounded(string="At Most per Agent", most=MOST_LEADS, help="In this batch. 0: the agents' own limits.")
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
    plan_turns = fields.Json(readonly=True, copy=False, help="Where a plan in the making stands.")
    turns = fields.Json(readonly=True, copy=False, help="Where the rotation stood before and after the batch.")

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("team_id", "share_ids")
    def _compute_name(self):
        return super()._compute_name()

    def _receiver_name(self):
        # sudo: crm.team - the name of the call center that the batch names
        name = super()._receiver_name() or self.team_id.sudo().name
        return name or (self.share_ids and self.env._("%s agents", len(self.share_ids)))

    @api.constrains("agent_id", "agent_ids", "team_id")
    def _check_one_or_several(self):
        for batch in self:
            if batch.agent_id and (batch.agent_ids or batch.team_id):
                raise ValidationError(self.env._("Choose one agent, or several to share the leads; not both."))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_assign(self):
        """Assign the customers of the orders, and open the result log; a planned batch is carried out as planned.

        :raises UserError: when the selection, the agents or the state do not allow it; nothing is changed then
        """
        return self.action_commit() if self.state == "planned" else super().action_assign()

    @takes(given.one)
    def action_plan(self):
        """Plan without assigning anything: the lines say who would get which lead.

        :raises UserError: as for assigning
        """
        self._take("draft")
        # Who gets what is said by the plan, also where there is one agent.
        leads = [(order_id, partner_id, None, None) for order_id, partner_id, *_meant in self._prepare_leads()]
        if self.agent_id:
            self.share_ids._prepare(self, self.agent_id)
        self._lines()._insert_leads(self, leads)
        return self._start("plan", len(leads))

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
    def action_cancel(self):
        """Stop a running batch after the chunk it is at, or give up a plan. What is assigned stays.

        :raises UserError: when the batch is not running or planned
        """
        if self.state != "planned":
            return super().action_cancel()
        self._take("planned")
        self._cancel(self.env._("Cancelled before this lead had its turn."))
        return self._open()

    @takes(given.one)
    def action_open_load(self):
        """How many leads each agent has before and after, as bars."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent_distribution.action_batch_load")
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _state_sentence(self):
        match self.state:
            case "planned":
                return self.env._("This batch is planned, and not run yet.")
            case "undone":
                return self.env._("This batch was undone already.")
        return super()._state_sentence()

    # ------------------------------------------------------------------
    # Which agents
    # ------------------------------------------------------------------

    def _prepare_receivers(self):
        """Whom the leads are shared out among: those of the several who are there and have room.

        :raises UserError: when there is nobody
        """
        if self.agent_id:
            super()._prepare_receivers()
            return
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
        self.share_ids._prepare(self, available)

    def _receivers(self):
        return super()._receivers() or self.share_ids.agent_id

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _work_chunk(self, task, leads):
        return self._plan_chunk() if task == "plan" else super()._work_chunk(task, leads)

    def _finish(self, task):
        if self.plan_turns or not self.agent_id:
            self.share_ids._count(planned=task == "plan")
        if task != "plan":
            return super()._finish(task)
        self.state = "planned"
        return None

    def _plan_chunk(self):
        """Say who would get the next leads, and write it on their lines.

        :returns: how many lines were planned
        """
        rows = self._lines()._read_pending(self, CHUNK, SQL("agent_id IS NULL"))
        if not rows:
            return 0
        turns = self.plan_turns
        if not turns and not self.agent_id:
            # sudo: leads.agent.rotation - only managers come here
            turns = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id).turns
        plan, refused, examined = self._share_chunk(
            rows, self._receivers(), distribution.restored(turns), planning=True
        )
        self._write_planned(rows, plan, refused, examined.leads)
        self.plan_turns = distribution.stored(plan.turns)
        return len(rows)

    def _write_planned(self, rows, plan, refused, leads):
        """Who would get which lead, and from whom; whoever holds it already keeps it."""
        planned = []
        # sudo: res.users - names in the sentences of the log
        names = {agent.id: agent.name for agent in self._receivers().sudo()}
        for line_id, partner_id, _agent, _reason in rows:
            if partner_id not in plan.shares:
                continue
            agent_id, cause = plan.shares[partner_id]
            customer = leads.commercial_of[partner_id]
            holder_id = leads.by_commercial[customer].holder_id
            if agent_id == holder_id:
                sentence = self._sentence("already", leads.names[customer], names[agent_id])
                refused.append((line_id, "already", sentence))
            else:
                planned.append((line_id, agent_id, self._reason(cause), holder_id))
        self._lines()._update_rows(self, planned, {"agent_id": "int", "reason": "text", "previous_agent_id": "int"})
        self._lines()._update_rows(self, refused, {"result": "text", "reason": "text"})

    # ------------------------------------------------------------------
    # Sharing out
    # ------------------------------------------------------------------

    def _assign_chunk(self, rows, new=False):
        """Leads that are planned go to whom they are planned for, and count in the rotation; others are shared out."""
        if self.agent_id or not rows:
            return super()._assign_chunk(rows, new)
        # sudo: leads.agent.rotation - only managers come here
        rotation = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id)
        plan, refused, examined, before = None, [], None, rotation.turns
        if all(row[2] for row in rows):
            usual = self._reason("one")
            shares = {partner_id: (agent_id, reason or usual) for _line, partner_id, agent_id, reason in rows}
        else:
            turns = distribution.restored(before)
            plan, refused, examined = self._share_chunk(rows, self.share_ids.agent_id._leads_available(), turns)
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
        """Keep where the rotation stood, so that undoing can put it back; unless others came in between."""
        if not self.turns:
            self.turns = {"before": before, "after": after}
        elif self.turns["after"] == before:
            self.turns = {"before": self.turns["before"], "after": after}

    def _share_chunk(self, rows, agents, turns, planning=False):
        """Share the leads of some lines out, without those that nobody may be given.

        :returns: the plan, ``(line_id, result, reason)`` of the others, and the :class:`assigning.Examined`
        """
        partner_ids = [row[1] for row in rows if row[1]]
        examined = self._assigning().examine(partner_ids, agents, self.agent_id.id or 0)
        # By the customer of the line, who may have become a contact of another one since.
        customer_of = examined.leads.commercial_of
        wanted = [
            nr for nr in partner_ids if nr in customer_of and examined.verdicts[customer_of[nr]].result == "assigned"
        ]
        plan = (
            self.env["leads.agent.rotation"]
            # sudo: leads.agent.rotation - only managers come here
            .sudo()
            ._share_out(
                wanted,
                agents,
                method="equal" if self.agent_id else self.method,
                prefer=[name for name in ("previous", "lang", "country") if self[f"prefer_{name}"]],
                rooms=self._rooms(agents, planning),
                weights=self._weights(),
                turns=turns,
                known={nr: examined.leads.by_commercial[customer] for nr, customer in customer_of.items()},
            )
        )
        return plan, self._refused_lines(rows, examined, plan, agents), examined

    def _rooms(self, agents, planning):
        """How many more leads of this batch each agent may take: by their own limits, and by the cap of the batch.

        :param bool planning: what is planned takes the room of the agent already
        :returns: ``{agent_id: int or None}``
        """
        given = self._given() if planning or self.cap else {}
        rooms = {}
        for agent_id, room in self.env["leads.agent.assignment"].sudo()._agent_rooms(agents).items():
            left = [] if room is None else [room - given.get(agent_id, 0) if planning else room]
            if self.cap:
                left.append(self.cap - given.get(agent_id, 0))
            rooms[agent_id] = max(0, min(left)) if left else None
        return rooms

    def _weights(self):
        return {share.agent_id.id: share.weight or 1 for share in self.share_ids}

    def _given(self):
        """How many leads each agent has of this batch so far, or is planned to have."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT agent_id, count(*) FROM leads_agent_batch_assign_line
                 WHERE batch_id = %s AND agent_id IS NOT NULL AND COALESCE(result, 'assigned') = 'assigned'
              GROUP BY agent_id
                """,
                self.id,
            )
        )
        return dict(rows)

    def _refused_lines(self, rows, examined, plan, agents):
        """``(line_id, result, reason)`` of the lines that get no agent."""
        leads, left, refused = examined.leads, set(plan.left), []
        # sudo: res.users - names in the sentences of the log
        holders = self.env["res.users"].sudo()
        for line_id, partner_id, _agent, _reason in rows:
            if partner_id not in leads.commercial_of:
                refused.append((line_id, "gone", self._sentence("gone", "")))
                continue
            customer = leads.commercial_of[partner_id]
            verdict, holder_id, name = (
                examined.verdicts[customer],
                leads.by_commercial[customer].holder_id,
                leads.names[customer],
            )
            if verdict.result != "assigned":
                holder = holders.browse(holder_id or ()).name or ""
                sentence = (
                    self._sentence(verdict.cause, name, self.agent_id.name or "", holder)
                    if self.agent_id or verdict.cause != "company"
                    else self.env._("%s belongs to a company in which no agent of this batch works.", name)
                )
                refused.append((line_id, verdict.result, sentence))
            elif partner_id not in left:
                continue
            elif holder_id in agents._ids:
                # Who keeps what they hold needs no room.
                refused.append((line_id, "already", self._sentence("already", name, holders.browse(holder_id).name)))
            else:
                refused.append((line_id, "capped", self.env._("No agent of this batch has room for %s.", name)))
        return refused

    def _sentence(self, cause, customer, agent="", holder=""):
        return self.env["leads.agent.wording"]._verdict(cause, customer, agent, holder)

    def _reason(self, cause):
        """Why this agent, in words that stay on the assignment."""
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
