from odoo import models
from odoo.tools import SQL

from ..tools.csv_cells import as_csv


class LeadsAgentBatchAssign(models.Model):
    """The lines of a batch: added, written and handed out in sets, past the ORM."""

    _inherit = "leads.agent.batch.assign"  # pylint: disable=consider-merging-classes-inherited

    def _add_lines(self, leads, columns):
        """Write new lines, one statement.

        :param list leads: ``(order_id, partner_id, *values)``
        :param dict columns: ``{name: SQL type}`` of the values
        """
        if not leads:
            return
        columns = {"order_id": "int", "partner_id": "int"} | columns
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                "INSERT INTO leads_agent_batch_assign_line (batch_id, %s) SELECT %s, %s FROM %s",
                names,
                self.id,
                names,
                self._unnest(leads, columns),
            )
        )
        self._forget_lines()

    def _write_lines(self, rows, columns):
        """Write results, one statement.

        :param list rows: ``(line_id, *values)``
        :param dict columns: ``{name: SQL type}`` of the values
        """
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE leads_agent_batch_assign_line l SET %s FROM %s WHERE l.id = t.id",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), SQL.identifier("t", name)) for name in columns),
                self._unnest(rows, {"id": "int"} | columns),
            )
        )
        self._forget_lines()

    def _close_pending(self, reason):
        """Say of all lines that have not had their turn why they never will."""
        self.env.cr.execute(
            SQL(
                "UPDATE leads_agent_batch_assign_line SET reason = %s WHERE batch_id = %s AND result IS NULL",
                reason,
                self.id,
            )
        )
        self._forget_lines()

    def _unnest(self, rows, columns):
        """The rows as a table ``t`` of a statement."""
        arrays = zip(columns.values(), zip(*rows, strict=True), strict=True)
        return SQL(
            "unnest(%s) AS t (%s)",
            SQL(", ").join(SQL("%s::" + kind + "[]", list(values)) for kind, values in arrays),
            SQL(", ").join(map(SQL.identifier, columns)),
        )

    def _forget_lines(self):
        """Lines were written past the ORM."""
        self.env["leads.agent.batch.assign.line"].invalidate_model(flush=False)
        self.invalidate_recordset(
            ["line_ids", "lead_count", "assigned_count", "skipped_count", "pending_count", "progress"], flush=False
        )

    def _csv(self):
        """The result log as CSV, in one query; no cell can start a formula."""
        self.check_access("read")
        Line = self.env["leads.agent.batch.assign.line"]
        Line.flush_model()
        names = ["partner_id", "order_id", "agent_id", "result", "reason", "previous_agent_id", "undone", "undo_reason"]
        labels = Line.fields_get(names, ["string", "selection"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.complete_name, o.name, agent.name, l.result, l.reason, previous.name, l.undone, l.undo_reason
                  FROM leads_agent_batch_assign_line l
             LEFT JOIN res_partner p ON p.id = l.partner_id
             LEFT JOIN sale_order o ON o.id = l.order_id
             LEFT JOIN res_users au ON au.id = l.agent_id
             LEFT JOIN res_partner agent ON agent.id = au.partner_id
             LEFT JOIN res_users pu ON pu.id = l.previous_agent_id
             LEFT JOIN res_partner previous ON previous.id = pu.partner_id
                 WHERE l.batch_id = %s
              ORDER BY l.id
                """,
                self.id,
            )
        )
        words = [dict(labels[name].get("selection") or ()) for name in names]
        return as_csv(
            [labels[name]["string"] for name in names],
            ([word.get(value, value) for word, value in zip(words, row, strict=True)] for row in rows),
        )
