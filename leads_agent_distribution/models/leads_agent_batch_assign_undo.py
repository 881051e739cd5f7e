from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.assigning import Assigning, Terms, read_leads
from odoo.addons.leads_agent.models.leads_agent_batch_assign import CHUNK
from odoo.addons.leads_agent.tools import given

from .. import undoing
from ..tools import distribution


class Given(NamedTuple):
    """A line that gave a lead out, and what undoing it comes to.

    :param former_id: the assignment that the batch ended, of ``former_agent_id``; it goes on when the batch is undone
    :param since: what happened since, for which the lead is left where it is; None: nothing
    """

    line_id: int
    assignment_id: int | None
    partner_id: int | None
    former_id: int | None
    former_agent_id: int | None
    since: str | None
    worked_at: object


class LeadsAgentBatchAssign(models.Model):
    """Undoing a batch: what was before holds again, where nobody has touched the lead since."""

    _inherit = "leads.agent.batch.assign"  # pylint: disable=consider-merging-classes-inherited

    undo_summary = fields.Char(string="Undoing", readonly=True, copy=False)

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

    def _work_chunk(self, task, leads):
        return self._undo_chunk() if task == "undo" else super()._work_chunk(task, leads)

    def _finish(self, task):
        if task != "undo":
            return super()._finish(task)
        self._end_undo()
        self._lines()._tell_agents(self, "undone", "assigned", SQL("undone = 'undone'"), restored=True)
        return None

    def _undo_chunk(self):
        """Give the next leads back.

        :returns: how many lines were looked at
        """
        rows = self._read_given()
        left = {row.line_id: self._left_sentence(row) for row in rows if row.since}
        # sudo: res.users - whether former holders may hold leads today
        before = {row.former_agent_id for row in rows} - {None}
        former = self.env["res.users"].sudo().browse(before)
        unable = former.with_company(self.company_id)._leads_unable()
        left |= self._refused([row for row in rows if not row.since and row.former_agent_id not in (None, *unable)])
        back = [row for row in rows if row.line_id not in left]
        if back:
            undoing.undo(
                self._assigning().assignments,
                {row.assignment_id: None if row.former_agent_id in unable else row.former_id for row in back},
            )
        done = [(row.line_id, "undone", self._undone_sentence(row, unable)) for row in back]
        done += [(line_id, "left", sentence) for line_id, sentence in left.items()]
        self._lines()._update_rows(self, done, {"undone": "text", "undo_reason": "text"})
        return len(rows)

    def _read_given(self):
        """The next lines that assigned something.

        What happened since is told by the order in which it was recorded, as clocks count whole seconds: everything in
        the history behind the entry of the assignment. What stands in no history, :meth:`_against_undo` adds.

        :returns: a list of :class:`Given`
        """
        for model in ("leads.agent.assignment", "leads.agent.history"):
            self.env[model].flush_model()
        against = [
            SQL("WHEN %s THEN %s", condition, name)
            for name, condition, _text in self.env["leads.agent.assignment"]._against_undo()
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id, a.id, a.partner_id, f.id, f.agent_id,
                       CASE WHEN a.id IS NULL THEN 'gone'
                            WHEN a.state <> 'active' THEN a.end_reason
                            %(against)s END,
                       h.at
                  FROM leads_agent_batch_assign_line l
             LEFT JOIN leads_agent_assignment a ON a.id = l.assignment_id
             LEFT JOIN LATERAL (
                       SELECT id, agent_id FROM leads_agent_assignment
                        WHERE partner_id = a.partner_id AND agent_id = l.previous_agent_id AND id < a.id
                          AND end_reason = 'reassigned'
                     ORDER BY ended_at = a.assigned_at DESC, id DESC
                        LIMIT 1
                       ) f ON TRUE
            CROSS JOIN LATERAL (
                       SELECT max(at) AS at FROM leads_agent_history
                        WHERE partner_id = a.partner_id
                          AND kind IN ('message', 'note', 'call', 'activity', 'order', 'sale')
                          AND id > (SELECT min(id) FROM leads_agent_history WHERE assignment_id = a.id)
                       ) h
                 WHERE l.batch_id = %(batch)s AND l.result = 'assigned' AND l.undone IS NULL
              ORDER BY l.id
                 LIMIT %(limit)s
                """,
                against=SQL(" ").join(against),
                batch=self.id,
                limit=CHUNK,
            )
        )
        return [Given(*row) for row in rows]

    def _refused(self, rows):
        """Leads that their former holders cannot have again, as the customers have changed.

        :returns: ``{line_id: sentence}``
        """
        if not rows:
            return {}
        assigning = Assigning(self._assigning().env, Terms("batch", unconditional=True, reassign=True))
        agent_of = {row.partner_id: row.former_agent_id for row in rows}
        self.env["res.users"].browse(set(agent_of.values()))._leads_take_turns()
        leads = read_leads(assigning.env, list(agent_of))
        verdicts = assigning.judge(leads, agent_of)
        # sudo: res.users - names in the sentences of the log
        names = {agent.id: agent.name for agent in self.env["res.users"].sudo().browse(set(agent_of.values()))}
        return {
            row.line_id: self._sentence(
                verdicts[row.partner_id].cause, leads.names[row.partner_id], names[row.former_agent_id]
            )
            for row in rows
            if verdicts[row.partner_id].result != "assigned"
        }

    def _left_sentence(self, row):
        match row.since:
            case "sale":
                return self.env._("Sold since.")
            case "resolved":
                return self.env._("Resolved since.")
            case "worked":
                return self.env._("Worked on since: %s.", row.worked_at.strftime("%Y-%m-%d %H:%M UTC"))
            case "gone":
                return self.env._("The assignment no longer exists.")
        sentences = {
            name: sentence for name, _condition, sentence in self.env["leads.agent.assignment"]._against_undo()
        }
        return sentences.get(row.since) or self.env._("Taken back or given to somebody else since.")

    def _undone_sentence(self, row, unable):
        if not row.former_agent_id:
            return self.env._("Back in the pool.")
        if row.former_agent_id in unable:
            return self.env._(
                "Back in the pool, since the former holder cannot have it. %s", unable[row.former_agent_id]
            )
        # sudo: res.users - the name of the former holder in the log
        return self.env._("Back with %s.", self.env["res.users"].sudo().browse(row.former_agent_id).name)

    def _forget_left(self):
        """What was left the last time is looked at again."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_batch_assign_line SET undone = NULL, undo_reason = NULL
                 WHERE batch_id = %s AND undone = 'left'
                """,
                self.id,
            )
        )
        self._forget_lines()

    def _end_undo(self):
        """Say what was given back and what was not. A batch that gave nothing back is not undone."""
        # sudo: leads.agent.batch.assign.line - figures of the batch itself
        Line = self.env["leads.agent.batch.assign.line"].sudo()
        given, left = Counter(), 0
        domain = [("batch_id", "=", self.id), ("undone", "!=", False)]
        for agent, undone, count in Line._read_group(domain, ["agent_id", "undone"], ["__count"]):
            if undone == "undone":
                given[agent.id] += count
            else:
                left += count
        self.undo_summary = self.env._(
            "Given back: %(back)s. Left as they are, because somebody has worked on them since: %(left)s.",
            back=given.total(),
            left=left,
        )
        if given:
            self.state = "undone"
            self._turn_back(given, left)
        else:
            is_whole = not Line.search_count([("batch_id", "=", self.id), ("result", "=", False)], limit=1)
            self.state = "done" if is_whole else "cancelled"

    def _turn_back(self, given, left):
        """Put the rotation back: as it stood, if nothing else was shared out since, else without these leads.

        :param dict given: ``{agent_id: leads that were given back}``
        """
        if self.agent_id:
            return
        # sudo: leads.agent.rotation - only managers come here
        rotation = self.env["leads.agent.rotation"].sudo()._locked(self.company_id, self.team_id)
        if self.turns and not left and rotation.turns == self.turns["after"]:
            rotation.turns = self.turns["before"] or {}
        else:
            weights = self._weights() if self.method == "weight" else {}
            rotation._keep(distribution.restored(rotation.turns), given, self.method, weights)
