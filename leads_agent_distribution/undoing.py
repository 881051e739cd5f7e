"""Undo assignments: they count as never made, and the assignments that they ended become active again.

An undone assignment is kept with the end reason ``undone``; limits and figures ignore it. A lead taken from a previous
holder is not assigned to the holder anew: the previous assignment itself becomes active again, with its original time,
attempts and reason.
"""

from collections import Counter
from typing import NamedTuple

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from odoo.addons.leads_agent import figures, holders
from odoo.addons.leads_agent.assigning import Assigning, Terms, read_leads
from odoo.addons.leads_agent.ending import Ending

from .tools import distribution


class Given(NamedTuple):
    """A line that assigned a lead, and the result of undoing it.

    :param former_id: the assignment of ``former_agent_id`` that the batch ended; it is resumed when the batch is undone
    :param since: what has happened to the lead since, which keeps it from being undone; None: nothing
    """

    line_id: int
    assignment_id: int | None
    partner_id: int | None
    former_id: int | None
    former_agent_id: int | None
    since: str | None
    worked_at: object


class Undoing:
    """Undoes a batch, except for leads to which something has happened since."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env

    def run(self, limit):
        """Undo the next lines.

        :returns: how many lines were processed
        """
        rows = self._read_given(limit)
        left = {row.line_id: self._left_sentence(row) for row in rows if row.since}
        # sudo: res.users - whether previous holders may still hold leads
        before = {row.former_agent_id for row in rows} - {None}
        former = self.env["res.users"].sudo().browse(before)
        unable = former.with_company(self.batch.company_id)._leads_unable()
        left |= self._not_returnable(
            [row for row in rows if not row.since and row.former_agent_id not in (None, *unable)]
        )
        back = [row for row in rows if row.line_id not in left]
        if back:
            undo(
                self.batch._assigning().assignments,
                {row.assignment_id: None if row.former_agent_id in unable else row.former_id for row in back},
            )
        done = [(row.line_id, "undone", self._undone_sentence(row, unable)) for row in back]
        done += [(line_id, "left", sentence) for line_id, sentence in left.items()]
        self.batch._lines()._update_rows(self.batch, done, {"undone": "text", "undo_reason": "text"})
        return len(rows)

    def _read_given(self, limit):
        """Read the next lines that assigned a lead.

        Events since then are found by their order in the history, as times are only exact to the second: every entry
        after that of the assignment counts. :meth:`_against_undo` adds what is not in the history.

        :returns: a list of :class:`Given`
        """
        for model in ("leads.agent.assignment", "leads.agent.history"):
            self.env[model].flush_model()
        against = [
            SQL("WHEN %s THEN %s", condition, name)
            for name, condition, _text in self.env["leads.agent.assignment"]._against_undo()
        ]
        # In SQL: finds the previous assignment and the newest event of each line by index, instead of a query for each.
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
            CROSS JOIN LATERAL (%(worked)s) h
                 WHERE l.batch_id = %(batch)s AND l.result = 'assigned' AND l.undone IS NULL
              ORDER BY l.id
                 LIMIT %(limit)s
                """,
                against=SQL(" ").join(against),
                worked=_worked_sql(),
                batch=self.batch.id,
                limit=limit,
            )
        )
        return [Given(*row) for row in rows]

    def _not_returnable(self, rows):
        """Return the leads that their previous holders cannot get back, because the customers have changed.

        :returns: ``{line_id: sentence}``
        """
        if not rows:
            return {}
        assigning = Assigning(self.batch._assigning().env, Terms("batch", unconditional=True, reassign=True))
        agent_of = {row.partner_id: row.former_agent_id for row in rows}
        self.env["res.users"].browse(set(agent_of.values()))._leads_lock()
        leads = read_leads(assigning.env, list(agent_of))
        verdicts = assigning.judge(leads, agent_of)
        # sudo: res.users - names in the sentences of the log
        names = {agent.id: agent.name for agent in self.env["res.users"].sudo().browse(set(agent_of.values()))}
        return {
            row.line_id: self.env["leads.agent.wording"]._verdict(
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
        return sentences.get(row.since) or self.env._("Taken back or assigned to somebody else in the meantime.")

    def _undone_sentence(self, row, unable):
        if not row.former_agent_id:
            return self.env._("Returned to the pool.")
        if row.former_agent_id in unable:
            return self.env._(
                "Returned to the pool, because the previous holder cannot have it. %s", unable[row.former_agent_id]
            )
        # sudo: res.users - the name of the previous holder in the log
        return self.env._("Returned to %s.", self.env["res.users"].sudo().browse(row.former_agent_id).name)

    def forget_left(self):
        """Clear the results of lines that could not be undone last time, so that they are checked again."""
        # In SQL: up to 300,000 lines, which the ORM would read first and write in pieces.
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_batch_assign_line SET undone = NULL, undo_reason = NULL
                 WHERE batch_id = %s AND undone = 'left'
                """,
                self.batch.id,
            )
        )
        self.batch._forget_lines()

    def finish(self):
        """Write the results of undoing. A batch of which nothing was undone does not become *undone*."""
        # sudo: leads.agent.batch.assign.line - figures of the batch itself
        Line = self.env["leads.agent.batch.assign.line"].sudo()
        given, left = Counter(), 0
        domain = [("batch_id", "=", self.batch.id), ("undone", "!=", False)]
        for agent, undone, count in Line._read_group(domain, ["agent_id", "undone"], ["__count"]):
            if undone == "undone":
                given[agent.id] += count
            else:
                left += count
        self.batch.undo_summary = self.env._(
            "Returned: %(back)s. Not changed, because somebody has worked on them since: %(left)s.",
            back=given.total(),
            left=left,
        )
        if given:
            self.batch.state = "undone"
            self._turn_back(given, left)
        else:
            is_whole = not Line.search_count([("batch_id", "=", self.batch.id), ("result", "=", False)], limit=1)
            self.batch.state = "done" if is_whole else "cancelled"

    def _turn_back(self, given, left):
        """Restore the rotation: as it was, if nothing else was distributed since, else without these leads.

        :param dict given: ``{agent_id: leads that were undone}``
        """
        if self.batch.agent_id:
            return
        # sudo: leads.agent.rotation - only managers can reach this code
        rotation = self.env["leads.agent.rotation"].sudo()._locked(self.batch.company_id, self.batch.team_id)
        if self.batch.turns and not left and rotation.turns == self.batch.turns["after"]:
            rotation.turns = self.batch.turns["before"] or {}
        else:
            weights = self.batch._weights() if self.batch.method == "weight" else {}
            rotation._keep(distribution.restored(rotation.turns), given, self.batch.method, weights)


def _worked_sql() -> SQL:
    """Return the SELECT of when somebody last worked on the lead of the assignment ``a``, since it was recorded."""
    return SQL(
        """
        SELECT max(at) AS at FROM leads_agent_history
         WHERE partner_id = a.partner_id AND kind IN ('message', 'note', 'call', 'activity', 'order', 'sale')
           AND id > (SELECT min(id) FROM leads_agent_history WHERE assignment_id = a.id)
        """
    )


def untouched(assignments: BaseModel) -> BaseModel:
    """Return those of these assignments that can be undone: active, and nobody has worked on the lead since."""
    env = assignments.env
    for model in ("leads.agent.assignment", "leads.agent.history"):
        env[model].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT a.id
              FROM leads_agent_assignment a
        CROSS JOIN LATERAL (%s) h
             WHERE a.id = ANY(%s) AND a.state = 'active' AND (%s) IS NOT TRUE
          ORDER BY a.id
            """,
            _worked_sql(),
            assignments.ids,
            SQL(" OR ").join(SQL("(%s)", condition) for _name, condition, _text in assignments._against_undo()),
        )
    )
    return assignments.browse(row_id for (row_id,) in rows)


def undo(assignments: BaseModel, former_of: dict[int, int | None]) -> BaseModel:
    """Elevated: undo active assignments.

    :param assignments: an empty recordset, in the company of the batch
    :param former_of: ``{assignment_id: ID of the assignment to resume, or None}``
    :returns: the assignments that were undone
    """
    env = assignments.env
    undone = Ending(env, "undone", is_held_on=True, tell=False).run(Domain("id", "in", list(former_of)))
    formers = assignments.browse(sorted(filter(None, map(former_of.get, undone.ids))))
    if formers:
        _resume(formers)
    holders.propagate(env, undone.partner_id.ids)
    _mark(undone, formers)
    figures.recount(env, SQL("a.id = ANY(%s)", [*undone.ids, *formers.ids]))
    for company, resumed in formers.grouped("company_id").items():
        env["leads.agent.history"].with_company(company)._refresh_last_events(resumed.partner_id.ids)
    undone._on_undone()
    return undone


def _resume(formers: BaseModel) -> None:
    """Make these previous assignments active again."""
    # In SQL: users cannot write these fields, each row gets its own time, and rows that ended otherwise are unchanged.
    formers.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_assignment
               SET state = 'active', end_reason = NULL, ended_at = NULL, ended_by_id = NULL, visible_until = NULL,
                   note = NULL, last_event_at = assigned_at, write_uid = %s, write_date = %s
             WHERE id = ANY(%s) AND end_reason = 'reassigned'
            """,
            formers.env.uid,
            formers.env.cr.now(),
            formers.ids,
        )
    )
    formers.invalidate_model()
    formers.env["res.users"]._leads_forget_sight()


def _mark(undone: BaseModel, formers: BaseModel) -> None:
    """Mark as undone the history entries of the undone assignments, and of the end of the resumed ones."""
    history = undone.env["leads.agent.history"]
    history.flush_model()
    # In SQL: history cannot be written by the ORM, and a chunk has thousands of entries that need not be read.
    history.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_history SET undone = TRUE
             WHERE assignment_id = ANY(%s) OR (assignment_id = ANY(%s) AND kind = 'unassigned')
            """,
            undone.ids,
            formers.ids,
        )
    )
    history.invalidate_model(flush=False)
