import logging
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import SQL

from ..tools import distribution, limits
from .leads_agent_batch_assign import MOST_IN_REQUEST

_logger = logging.getLogger(__name__)

# Leads per transaction of the job, and per round of a request that plans, commits or undoes.
CHUNK = 1_000

# What a line says of a lead that is to do, or planned,
PLAN_COLUMNS = {"agent_id": "int", "reason": "text"}
# and once it has had its turn.
RESULT_COLUMNS = {
    "result": "text",
    "reason": "text",
    "agent_id": "int",
    "previous_agent_id": "int",
    "assignment_id": "int",
}


class LeadsAgentBatchAssign(models.Model):
    """How a batch makes its lines and works through them: in a request, or chunk by chunk in the job.

    A line without a result is still to do; that alone says where the work stands, so a server that is ended in the
    middle goes on with the next chunk, and no line is done twice. Leads that are assigned at once get theirs then.
    How lines are written: leads_agent_batch_assign_log.py.
    """

    _inherit = "leads.agent.batch.assign"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Finding the leads
    # ------------------------------------------------------------------

    def _prepare_leads(self, planning=False):
        """Find the leads of the batch, one per customer, the newest orders first, and the shares of the agents.

        The orders and customers are kept from being deleted until their lines are written, which is much later when
        they are assigned at once.

        :param bool planning: the agents are written by the plan, also where there is one
        :returns: ``(order_id, partner_id, agent_id, reason)``, of the reason nothing yet
        :raises UserError: when the orders or the agents do not allow a batch
        """
        by_filter = bool(self.domain) and (self.whole_filter or not self.selected_order_ids)
        if by_filter:
            domain, order_ids = self._parsed_domain(), []
            self._check_size(self._count_filtered())
        else:
            order_ids = self._checked_order_ids()
            domain = [("id", "in", order_ids)]
        agents = self._agents()
        if planning or not self.agent_id:
            self._prepare_shares(agents)
        readable = self.env["sale.order"]._search(domain)
        self.env.flush_all()
        # One statement: one lead per customer, and lines for selected orders that are gone or out of sight.
        leads = self.env.execute_query(
            SQL(
                """
                WITH readable AS (
                    SELECT o.id, p.id AS lead_id, %(moment)s AS moment
                      FROM sale_order o
                      JOIN res_partner p ON p.id = o.leads_commercial_partner_id
                     WHERE o.id IN %(readable)s
                       FOR KEY SHARE
                ), missing AS (
                    INSERT INTO leads_agent_batch_assign_line (batch_id, result, reason)
                    SELECT %(batch)s, CASE WHEN o.id IS NULL THEN 'gone' ELSE 'not_visible' END,
                           replace(CASE WHEN o.id IS NULL THEN %(gone)s ELSE %(hidden)s END, '{order}', t.id::text)
                      FROM unnest(%(selected)s::int[]) AS t (id)
                 LEFT JOIN sale_order o ON o.id = t.id
                     WHERE NOT EXISTS (SELECT FROM readable r WHERE r.id = t.id)
                )
                SELECT t.id, t.lead_id, %(agent)s::int, NULL
                  FROM (
                       SELECT DISTINCT ON (lead_id) id, lead_id, moment
                         FROM readable
                     ORDER BY lead_id, moment DESC, id DESC
                       ) t
              ORDER BY t.moment DESC, t.id DESC
                """,
                readable=readable.subselect(),
                moment=self.env["sale.order"]._leads_moment_sql("o"),
                batch=self.id,
                gone=self.env._("Order no. %s no longer exists.", "{order}"),
                hidden=self.env._("You may not see order no. %s.", "{order}"),
                selected=order_ids,
                agent=None if planning else self.agent_id.id or None,
            )
        )
        if by_filter and not leads:
            raise UserError(self.env._("No order matches the filter of this batch."))
        return leads

    def _prepare_shares(self, agents):
        """Whom the leads are shared out among, and what each has now."""
        # sudo: leads.agent.batch.assign.share - what a batch counts is written by the batch
        Share = self.env["leads.agent.batch.assign.share"].sudo()
        shares = self.share_ids.sudo()
        shares.filtered(lambda share: share.agent_id not in agents).unlink()
        known = shares.exists().agent_id
        Share.create([{"batch_id": self.id, "agent_id": agent.id} for agent in agents - known])
        opened = self.env["leads.agent.rotation"]._open_leads(agents)
        for share in Share.search([("batch_id", "=", self.id)]):
            share.open_before = opened.get(share.agent_id.id, 0)

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
        # The names of the two people of the story: one query instead of two.
        (self.env.user | self.agent_id).sudo().partner_id.mapped("name")
        in_job = to_do > MOST_IN_REQUEST
        if in_job or task == "plan":
            batch._add_lines(leads, PLAN_COLUMNS)
            leads = ()
        if in_job:
            batch.write({"state": "running", **batch._begun(task)})
            self.env.ref("leads_agent.cron_run_batches").sudo()._trigger()
            return self._open()
        while batch._work(task, leads):
            leads = ()
        batch.write(batch._begun(task))
        return self._open()

    def _begun(self, task):
        return {"task": task, "started_by_id": self.env.uid, "executed_at": fields.Datetime.now()}

    def _work(self, task, leads=()):
        """Do the next chunk.

        :param leads: of :meth:`_prepare_leads`, to be assigned before any lines that are to do
        :returns: how many were done; 0 when the batch is over, and then its last words are said
        """
        match task:
            case "plan":
                done = self._plan_chunk()
            case "assign":
                done = self._assign_chunk(leads or self._pending(), new=bool(leads))
            case _:
                done = self._undo_chunk()
        if done < CHUNK:
            self._finish(task)
            return 0
        return done

    def _finish(self, task):
        """All lines are done."""
        self._forget_lines()
        match task:
            case "plan":
                self._count_shares(planned=True)
                self.state = "planned"
            case "assign":
                self._count_shares()
                self.state = "done"
                self._tell_once("assigned", "reassigned", "TRUE")
            case _:
                self._end_undo()
                self._tell_once("undone", "assigned", "undone = 'undone'", restored=True)

    def _count_shares(self, planned=False):
        """What each agent gets by the plan and loses by it, or got and lost."""
        if self.agent_id and not self.plan_turns:
            return
        # sudo: leads.agent.batch.assign.line - figures of the batch itself
        Line = self.env["leads.agent.batch.assign.line"].sudo()
        domain = [("batch_id", "=", self.id), ("result", "=", False if planned else "assigned")]
        given, taken = Counter(), Counter()
        for agent, previous, count in Line._read_group(domain, ["agent_id", "previous_agent_id"], ["__count"]):
            given[agent] += count
            taken[previous] += count
        for share in self.share_ids:
            share.planned_count, share.taken_count = given[share.agent_id], taken[share.agent_id]

    def _tell_once(self, to_agent, to_previous, condition, restored=False):
        """One notice per agent, whatever the number of chunks.

        :param to_agent: what the agents of the lines are told, and to_previous, those from whom the leads were taken
        :param restored: tell the latter only of the leads that they hold again
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.agent_id, h.agent_id, array_agg(l.partner_id ORDER BY l.id)
                  FROM leads_agent_batch_assign_line l
            CROSS JOIN LATERAL (SELECT CASE WHEN NOT %(restored)s OR EXISTS (
                           SELECT FROM leads_agent_assignment a
                            WHERE a.partner_id = l.partner_id AND a.agent_id = l.previous_agent_id
                              AND a.state = 'active') THEN l.previous_agent_id END AS agent_id) h
                 WHERE l.batch_id = %(batch)s AND l.result = 'assigned' AND l.partner_id IS NOT NULL AND %(condition)s
              GROUP BY GROUPING SETS (l.agent_id, h.agent_id)
                """,
                restored=restored,
                batch=self.id,
                condition=SQL(condition),
            )
        )
        # sudo: leads.agent.assignment - agents are told by whoever started the batch
        Assignment, User = self.env["leads.agent.assignment"].sudo(), self.env["res.users"]
        Assignment._tell_agents({User.browse(row[0]): row[2] for row in rows if row[0]}, to_agent)
        Assignment._tell_agents({User.browse(row[1]): row[2] for row in rows if row[1]}, to_previous)

    def _pending(self, unplanned=False):
        """The next lines that are to do: ``(id, partner_id, agent_id, reason)``."""
        self.env["leads.agent.batch.assign.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, partner_id, agent_id, reason FROM leads_agent_batch_assign_line
                 WHERE batch_id = %s AND result IS NULL AND %s
              ORDER BY id LIMIT %s
                """,
                self.id,
                SQL("agent_id IS NULL") if unplanned else SQL("TRUE"),
                CHUNK,
            )
        )

    # ------------------------------------------------------------------
    # Planning and assigning
    # ------------------------------------------------------------------

    def _door(self):
        """Where assignments begin, as whoever started the batch, in its company."""
        # sudo: leads.agent.assignment - a manager started the batch; the door writes what nobody may write by hand
        return self.env["leads.agent.assignment"].sudo().with_company(self.company_id)

    def _any_order(self, agents):
        """Customers of completed orders are accepted where all who receive leads may see such orders."""
        return not any(agent.leads_partial_only for agent in agents)

    def _plan_chunk(self):
        """Say who would get the next leads, and write it on their lines.

        :returns: how many lines were planned
        """
        rows = self._pending(unplanned=True)
        if not rows:
            return 0
        turns = self.plan_turns
        if not turns and not self.agent_id:
            # sudo: leads.agent.rotation - only managers come here
            turns = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id).turns
        plan, refused, known = self._share_chunk(rows, self._receivers(), distribution.restored(turns), planning=True)
        self._write_planned(rows, plan, refused, known)
        self.plan_turns = distribution.stored(plan.turns)
        return len(rows)

    def _receivers(self):
        """Those who receive leads of this batch: the one agent, or all who share."""
        return self.agent_id or self.share_ids.agent_id

    def _write_planned(self, rows, plan, refused, known):
        """Who would get which lead, and from whom; whoever holds it already keeps it."""
        planned = []
        # sudo: res.users - names in the sentences of the log
        names = {agent.id: agent.name for agent in self._receivers().sudo()}
        for line_id, partner_id, _agent, _reason in rows:
            if partner_id not in plan.shares:
                continue
            agent_id, cause = plan.shares[partner_id]
            holder_id, customer = known[partner_id]
            if agent_id == holder_id:
                sentence = self._door()._verdict_sentence("already", customer, names[agent_id], "")
                refused.append((line_id, "already", sentence))
            else:
                planned.append((line_id, agent_id, self._reason(cause), holder_id))
        self._write_lines(planned, PLAN_COLUMNS | {"previous_agent_id": "int"})
        self._write_lines(refused, {"result": "text", "reason": "text"})

    def _assign_chunk(self, rows, new=False):
        """Give some leads out, through the door, and write what became of them on their lines.

        :param rows: lines, as :meth:`_pending` reads them; or leads of :meth:`_prepare_leads`
        :param bool new: they are leads, and have no lines yet
        :returns: how many lines were done
        """
        if not rows:
            return 0
        # sudo: leads.agent.rotation - only managers come here
        Rotation = self.env["leads.agent.rotation"].sudo()
        rotation = None if self.agent_id else Rotation._locked(self.company_id, self.team_id)
        plan, refused, before = None, [], rotation and rotation.turns
        if all(row[2] for row in rows):
            usual = self._reason("one")
            shares = {partner_id: (agent_id, reason or usual) for _line, partner_id, agent_id, reason in rows}
        else:
            turns = distribution.restored(rotation.turns)
            plan, refused, _known = self._share_chunk(rows, self.share_ids.agent_id._leads_available(), turns)
            shares = {nr: (agent_id, self._reason(cause)) for nr, (agent_id, cause) in plan.shares.items()}
        partners = self.env["res.partner"].browse(row[1] for row in rows if row[1] in shares)
        outcomes = self._door()._assign_leads(
            self.env["res.users"],
            partners,
            source="batch",
            batch=self,
            any_order=self._any_order(self._receivers()),
            reassign=self.reassign,
            plan=shares,
            tell=False,
        )
        outcome_of = dict(zip(partners.ids, outcomes, strict=True))
        weights = self._weights() if self.method == "weight" else {}
        if plan:
            missed = Counter(shares[nr][0] for nr, outcome in outcome_of.items() if outcome["result"] != "assigned")
            rotation._keep(plan.turns, missed, self.method, weights)
        elif rotation:
            given = [shares[nr][0] for nr, outcome in outcome_of.items() if outcome["result"] == "assigned"]
            rotation._follow(given, self.share_ids.agent_id, self.method, weights)
        if rotation:
            self._note_turns(before, rotation.turns)
        empty = (None,) * (len(RESULT_COLUMNS) - 2)
        results = {row_id: (result, sentence, *empty) for row_id, result, sentence in refused}
        results |= self._results(rows, outcome_of)
        if new:
            self._add_lines([(*row[:2], *results[row[0]]) for row in rows], RESULT_COLUMNS)
        else:
            self._write_lines([(row[0], *results[row[0]]) for row in rows], RESULT_COLUMNS)
        return len(rows)

    def _note_turns(self, before, after):
        """Keep where the rotation stood, so that undoing can put it back; unless others came in between."""
        if not self.turns:
            self.turns = {"before": before, "after": after}
        elif self.turns["after"] == before:
            self.turns = {"before": self.turns["before"], "after": after}

    def _results(self, rows, outcome_of):
        """What stands on the lines of the leads that went through the door: the values of :data:`RESULT_COLUMNS`."""
        results = {}
        for row_id, partner_id, _agent, _reason in rows:
            if partner_id is None:
                results[row_id] = ("gone", self.env._("This customer no longer exists."), None, None, None)
            elif outcome := outcome_of.get(partner_id):
                results[row_id] = (
                    outcome["result"],
                    outcome["reason"],
                    outcome["agent_id"] or None,
                    outcome["holder"].id or None,
                    outcome["assignment"].id or None,
                )
        return results

    def _share_chunk(self, rows, agents, turns, planning=False):
        """Share the leads of some lines out, without those that nobody may be given.

        :returns: the plan, ``(line_id, result, reason)`` of the others, and ``{partner_id: (holder_id, name)}``
        """
        door = self._door()
        partner_ids = [row[1] for row in rows if row[1]]
        leads = door._read_leads(partner_ids)
        agent_of = dict.fromkeys(leads["by_commercial"], self.agent_id.id or 0)
        verdicts = door._judge(
            leads, agent_of, any_order=self._any_order(agents), reassign=self.reassign, receivers=agents
        )
        # By the customer of the line, who may have become a contact of another one since.
        verdict_of = {nr: verdicts[entity] for nr, entity in leads["commercial_of"].items()}
        wanted = [nr for nr in partner_ids if nr in verdict_of and verdict_of[nr].result == "assigned"]
        refused = door.env["res.partner"]._refused(
            {leads["commercial_of"][nr] for nr in wanted}, limits.policy("batch").door
        )
        causes = {nr: refused[entity] for nr in wanted if (entity := leads["commercial_of"][nr]) in refused}
        wanted = [nr for nr in wanted if nr not in causes]
        known = {nr: leads["by_commercial"][entity] for nr, entity in leads["commercial_of"].items()}
        plan = (
            self.env["leads.agent.rotation"]
            .sudo()
            ._share_out(
                wanted,
                agents,
                method="equal" if self.agent_id else self.method,
                prefer=[name for name in ("previous", "lang", "country") if self[f"prefer_{name}"]],
                rooms=self._rooms(agents, planning),
                weights=self._weights(),
                turns=turns,
                known=known,
            )
        )
        refused = self._refused_lines(rows, leads, verdict_of, causes, plan, agents)
        names = {nr: leads["names"][entity] for nr, entity in leads["commercial_of"].items()}
        return plan, refused, {nr: (lead.holder_id, names[nr]) for nr, lead in known.items()}

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

    def _refused_lines(self, rows, leads, verdict_of, causes, plan, agents):
        """``(line_id, result, reason)`` of the lines that get no agent."""
        door, left = self._door(), set(plan.left)
        refused = []
        # sudo: res.users - names in the sentences of the log
        holders = self.env["res.users"].sudo()
        for line_id, partner_id, _agent, _reason in rows:
            verdict = verdict_of.get(partner_id)
            if verdict is None:
                refused.append((line_id, "gone", door._verdict_sentence("gone", "", "", "")))
                continue
            if verdict.result == "assigned" and partner_id not in causes and partner_id not in left:
                continue
            entity = leads["commercial_of"][partner_id]
            customer, holder_id = leads["names"][entity], leads["by_commercial"][entity].holder_id
            if partner_id in causes:
                refused.append((line_id, "blocked", door._verdict_sentence(causes[partner_id], customer, "", "")))
            elif verdict.result != "assigned":
                holder = holders.browse(holder_id or ()).name or ""
                sentence = (
                    door._verdict_sentence(verdict.cause, customer, self.agent_id.name or "", holder)
                    if self.agent_id or verdict.cause != "company"
                    else self.env._("%s belongs to a company in which no agent of this batch works.", customer)
                )
                refused.append((line_id, verdict.result, sentence))
            elif holder_id in agents._ids:
                # Who keeps what they hold needs no room.
                name = holders.browse(holder_id).name
                refused.append((line_id, "already", door._verdict_sentence("already", customer, name, "")))
            else:
                refused.append((line_id, "capped", self.env._("No agent of this batch has room for %s.", customer)))
        return refused

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
        return self.env._("Batch by %s", user)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_run_batches(self):
        """Go on with batches that are running; those that another worker is at are left to it."""
        # sudo: leads.agent.batch.assign - the job runs the batches of all companies
        for batch in self.sudo().search([("state", "=", "running")], order="executed_at, id"):
            # As whoever started it, and nobody less: the right to was checked then.
            batch = batch.with_user(batch.started_by_id).sudo()
            while done := batch._try_chunk():
                if not self.env["ir.cron"]._commit_progress(done, remaining=max(batch.pending_count, 1)):
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _try_chunk(self):
        """One chunk, retried by Odoo on a conflict; an error stops this batch, with a sentence, and no other."""
        try:
            return retrying(self._work_in_job, self.env)
        except Exception as error:
            _logger.exception("Batch %s was stopped by an error", self.id)
            self.env.cr.rollback()
            self.env.invalidate_all()
            self.state = "cancelled"
            self._close_pending(
                self.env._("Stopped by an error (%s) before this lead had its turn.", type(error).__name__)
            )
            return 0

    def _work_in_job(self):
        """One chunk, if nobody else is at the batch and it is still to be run."""
        self.env.invalidate_all()
        if not self.exists() or not self.try_lock_for_update() or self.state != "running":
            return 0
        return self._work(self.task)
