from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .leads_agent_batch_assign_work import CHUNK


class LeadsAgentBatchAssign(models.Model):
    """Undoing a batch: who held what before holds it again, where nobody has touched the lead since."""

    _inherit = "leads.agent.batch.assign"  # pylint: disable=consider-merging-classes-inherited

    def _undo_chunk(self):
        """Give the next leads back.

        :returns: how many lines were looked at
        """
        rows = self._read_undoable()
        left = [(line_id, "left", self._left_sentence(state, at)) for line_id, *_ids, state, at in rows if state or at]
        free = [row for row in rows if not row[4] and not row[5]]
        # sudo: res.users - whether the former holder may hold leads today
        former = self.env["res.users"].sudo().browse({row[3] for row in free if row[3]})
        unable = former.with_company(self.company_id)._leads_unable()
        back = {row[1]: row for row in free if row[3] and row[3] not in unable}
        pool = [row for row in free if row[1] not in back]
        door = self._door()
        if pool:
            door._end(
                Domain("id", "in", [row[2] for row in pool]),
                state="unassigned",
                end_reason="undone",
                kind="unassigned",
                tell=False,
            )
        refused = {}
        if back:
            reason = self.env._("Held before; %s undid a batch", self.env.user.name)
            outcomes = door._assign_leads(
                self.env["res.users"],
                self.env["res.partner"].browse(back),
                source="undo",
                batch=self,
                plan={partner_id: (row[3], reason) for partner_id, row in back.items()},
                reassign=True,
                unconditional=True,
                taken_as="undone",
                tell=False,
            )
            answers = zip(back, outcomes, strict=True)
            refused = {nr: answer["reason"] for nr, answer in answers if answer["result"] != "assigned"}
        left += [(row[0], "left", refused[row[1]]) for row in free if row[1] in refused]
        done = [(row[0], "undone", self._undone_sentence(row, unable)) for row in free if row[1] not in refused]
        self._write_lines(left + done, {"undone": "text", "undo_reason": "text"})
        return len(rows)

    def _read_undoable(self):
        """The next lines that assigned something.

        :returns: ``(line_id, partner_id, assignment_id, previous_agent_id, state it ended in, when it was touched)``
        """
        self.env["leads.agent.assignment"].flush_model()
        self.env["leads.agent.history"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT l.id, l.partner_id, l.assignment_id, l.previous_agent_id,
                       NULLIF(COALESCE(a.state, 'gone'), 'active'),
                       (SELECT max(h.at) FROM leads_agent_history h
                         WHERE h.partner_id = a.partner_id AND h.at > a.assigned_at
                           AND h.kind IN ('message', 'note', 'call', 'activity', 'order', 'sale'))
                  FROM leads_agent_batch_assign_line l
             LEFT JOIN leads_agent_assignment a ON a.id = l.assignment_id
                 WHERE l.batch_id = %s AND l.result = 'assigned' AND l.undone IS NULL
              ORDER BY l.id
                 LIMIT %s
                """,
                self.id,
                CHUNK,
            )
        )

    def _left_sentence(self, state, touched_at):
        match state:
            case "resolved":
                return self.env._("Resolved since.")
            case "unassigned":
                return self.env._("Taken back or given to somebody else since.")
            case "gone":
                return self.env._("The assignment no longer exists.")
        return self.env._("Worked on since: %s.", touched_at.strftime("%Y-%m-%d %H:%M UTC"))

    def _undone_sentence(self, row, unable):
        previous_id = row[3]
        if not previous_id:
            return self.env._("Back in the pool.")
        if previous_id in unable:
            return self.env._("Back in the pool, since the former holder cannot have it. %s", unable[previous_id])
        # sudo: res.users - the name of the former holder in the log
        return self.env._("Back with %s.", self.env["res.users"].sudo().browse(previous_id).name)

    def _sum_up_undo(self):
        # sudo: leads.agent.batch.assign.line - figures of the batch itself
        rows = (
            self.env["leads.agent.batch.assign.line"]
            .sudo()
            ._read_group([("batch_id", "=", self.id), ("undone", "!=", False)], ["undone"], ["__count"])
        )
        counts = dict(rows)
        self.undo_summary = self.env._(
            "Given back: %(back)s. Left as they are, because somebody has worked on them since: %(left)s.",
            back=counts.get("undone", 0),
            left=counts.get("left", 0),
        )
