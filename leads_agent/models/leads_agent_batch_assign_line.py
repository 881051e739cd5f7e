from collections import namedtuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import newest
from ..arguments import takes
from ..fields import Link
from ..notices import tell_agents
from ..tools import given, terms

# Columns of a processed line, with their SQL types.
RESULT_COLUMNS = {
    "result": "text",
    "reason": "text",
    "detail": "text",
    "agent_id": "int",
    "previous_agent_id": "int",
    "assignment_id": "int",
}
# The log shows this many reasons, and this many customers of each; the list has the others.
MOST_REASONS = 40
LINES_SHOWN = 8
# A lead to assign: the ID of a pending line, or of an order whose customer has no line yet.
Row = namedtuple("Row", "id partner_id agent_id reason")


class LeadsAgentBatchAssignLine(models.Model):
    """The result of a batch for one customer, and the reason. Lines without a result are pending.

    Lines are read and written in sets and in SQL, as a batch has up to 300,000.
    """

    _name = "leads.agent.batch.assign.line"
    _description = "Batch Assignment Result"
    _order = "batch_id desc, id"
    _rec_name = "partner_id"
    _log_access = False

    batch_id = Link("leads.agent.batch.assign", required=True, readonly=True, ondelete="cascade")
    order_id = Link("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    partner_id = Link("res.partner", string="Customer", readonly=True, index="btree_not_null", ondelete="set null")
    agent_id = Link("res.users", string="Leads Agent", readonly=True, ondelete="set null")
    previous_agent_id = Link(
        "res.users",
        string="Taken From",
        readonly=True,
        ondelete="set null",
        help="The agent who held the lead before the batch reassigned it.",
    )
    assignment_id = Link("leads.agent.assignment", readonly=True, index="btree_not_null", ondelete="set null")
    result = fields.Selection(terms.RESULTS, readonly=True)
    reason = fields.Char(readonly=True, help="The same for all customers to whom it applies.")
    detail = fields.Char(readonly=True, help="What is particular about the customer.")

    _batch_result_idx = models.Index("(batch_id, result)")
    _batch_pending_idx = models.Index("(batch_id, id) WHERE result IS NULL")

    # ------------------------------------------------------------------
    # Finding leads
    # ------------------------------------------------------------------

    @api.model
    def _find_leads(self, batch, domain, order_ids):
        """Find the customers of orders in one statement, and create lines for selected orders that are gone or hidden.

        :param domain: the orders, as far as the user may read them
        :param list order_ids: the selection
        :returns: list of :class:`Row`, one per customer, the newest orders first
        """
        readable = self.env["sale.order"]._search(domain)
        self.env.flush_all()
        # In SQL: up to 300,000 orders, the newest of each customer, locked while reading.
        rows = self.env.execute_query(
            SQL(
                """
                WITH readable AS (
                    SELECT o.id, p.id AS lead_id, %(moment)s AS moment
                      FROM sale_order o
                      JOIN res_partner p ON p.id = o.leads_commercial_partner_id
                     WHERE o.id IN %(readable)s
                       FOR KEY SHARE
                ), missing AS (
                    INSERT INTO leads_agent_batch_assign_line (batch_id, result, reason, detail)
                    SELECT %(batch)s, CASE WHEN o.id IS NULL THEN 'gone' ELSE 'not_visible' END,
                           CASE WHEN o.id IS NULL THEN %(gone)s ELSE %(hidden)s END,
                           replace(%(detail)s, '{order}', t.id::text)
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
                moment=newest.moment_sql(self.env, "o"),
                batch=batch.id,
                gone=self.env._("The order no longer exists"),
                hidden=self.env._("You are not allowed to see the order"),
                detail=self.env._("Order no. %s", "{order}"),
                selected=order_ids,
                agent=batch.agent_id.id or None,
            )
        )
        return [Row(*row) for row in rows]

    @api.model
    def _read_pending(self, batch, limit, condition=Domain.TRUE):
        """Return the next pending lines, each as a :class:`Row`."""
        pending = Domain("batch_id", "=", batch.id) & Domain("result", "=", False) & condition
        lines = self.search_fetch(pending, ["partner_id", "agent_id", "reason"], order="id", limit=limit)
        return [
            Row(line.id, line.partner_id.id or None, line.agent_id.id or None, line.reason or None) for line in lines
        ]

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _log_outcomes(self, batch, rows, outcome_of, refused=(), new=False):
        """Write the results of assigned leads.

        :param rows: lines, or leads of :meth:`_find_leads` which have no lines yet (``new``)
        :param dict outcome_of: ``{partner_id: assigning.Result}``
        :param refused: ``(id, result, reason, detail)`` of the rows without an agent
        """
        results = {row_id: (*outcome, None, None, None) for row_id, *outcome in refused}
        for row_id, partner_id, *_meant in rows:
            if not partner_id:
                gone = self.env["leads.agent.wording"]._logged("gone")
                results[row_id] = ("gone", *gone, None, None, None)
            elif outcome := outcome_of.get(partner_id):
                results[row_id] = (
                    outcome.result,
                    *outcome.logged,
                    # Nobody got a lead that was left out.
                    outcome.agent_id if outcome.assignment else None,
                    outcome.holder.id or None,
                    outcome.assignment.id or None,
                )
        if new:
            self._insert_leads(batch, [(row.id, row.partner_id, *results[row.id]) for row in rows], RESULT_COLUMNS)
        else:
            self._update_rows(batch, [(row.id, *results[row.id]) for row in rows], RESULT_COLUMNS)

    @api.model
    def _insert_leads(self, batch, leads, columns=None):
        """Insert new lines in one statement.

        :param list leads: ``(order_id, partner_id, *values)``
        :param dict columns: ``{name: SQL type}`` of the values; None: those of :meth:`_find_leads`
        """
        if not leads:
            return
        columns = {"order_id": "int", "partner_id": "int"} | (columns or {"agent_id": "int", "reason": "text"})
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                "INSERT INTO leads_agent_batch_assign_line (batch_id, %s) SELECT %s, %s FROM %s",
                names,
                batch.id,
                names,
                self._unnest(leads, columns),
            )
        )
        batch._forget_lines()

    @api.model
    def _update_rows(self, batch, rows, columns):
        """Write results in one statement.

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
        batch._forget_lines()

    @api.model
    def _close_pending(self, batch, reason):
        """Close all pending lines with the reason."""
        self.env.cr.execute(
            SQL(
                "UPDATE leads_agent_batch_assign_line SET reason = %s WHERE batch_id = %s AND result IS NULL",
                reason,
                batch.id,
            )
        )
        batch._forget_lines()

    @api.model
    def _unnest(self, rows, columns):
        """Return the rows as a table ``t`` for a statement."""
        arrays = zip(columns.values(), zip(*rows, strict=True), strict=True)
        return SQL(
            "unnest(%s) AS t (%s)",
            SQL(", ").join(SQL("%s::" + kind + "[]", list(values)) for kind, values in arrays),
            SQL(", ").join(map(SQL.identifier, columns)),
        )

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    @takes(batch_id=given.record_id)
    def get_log(self, batch_id):
        """Return the result log of a batch, grouped by reason: assigned leads first, then the most frequent reasons.

        :returns: a list of dicts with ``result`` (False: to do), ``reason``, ``count``, ``hint`` (advice, for users who
            can follow it) and ``lines``, the first of them, each with ``id``, ``customer``, ``partner_id``, ``order``
            and ``detail``
        """
        batch = self.env["leads.agent.batch.assign"].browse(batch_id)
        batch.check_access("read")
        mine = Domain("batch_id", "=", batch_id)
        groups = self._read_group(mine, ["result", "reason"], ["__count"], order="__count DESC, reason")
        groups.sort(key=lambda group: (group[0] != "assigned", bool(group[0])))
        return [
            {
                "result": result,
                "reason": reason or "",
                "count": count,
                "hint": self._hint(batch, reason),
                "lines": self._first_lines(mine & Domain("result", "=", result) & Domain("reason", "=", reason)),
            }
            for result, reason, count in groups[:MOST_REASONS]
        ]

    @api.model
    def _hint(self, batch, reason):
        wording = self.env["leads.agent.wording"]
        # sudo: res.company - a setting
        is_off = not batch.company_id.sudo().leads_agent_view_non_partial
        return wording._hint().strip() if is_off and reason in wording._reasons_of_setting() else ""

    @api.model
    def _first_lines(self, domain):
        names = ["partner_id", "order_id", "agent_id", "detail", "result"]
        lines = self.search_fetch(domain, names, order="id", limit=LINES_SHOWN)
        # sudo: res.partner, sale.order, res.users - the names of links, as every list shows them
        return [
            {
                "id": line.id,
                "customer": line.partner_id.complete_name or "",
                "partner_id": line.partner_id.id,
                "order": line.order_id.name or "",
                "detail": line.detail or (not line.result and line.agent_id.name) or "",
            }
            for line in lines.sudo()
        ]

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    @api.model
    def _tell_agents(self, batch, to_agent, to_previous, condition=None, restored=False):
        """Send one notice per agent, for any number of chunks.

        :param to_agent: event for the agents of the lines; to_previous: for the agents who lost the leads
        :param restored: notify the latter only of leads that they hold again
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
                batch=batch.id,
                condition=condition or SQL("TRUE"),
            )
        )
        # sudo: res.users - agents are notified by the user who started the batch
        User = self.env["res.users"].sudo()
        tell_agents(User.env, {User.browse(nr): leads for nr, _former, leads in rows if nr}, to_agent)
        tell_agents(User.env, {User.browse(former): leads for _nr, former, leads in rows if former}, to_previous)
