from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from ..fields import Link, search_flag

CONVERSION_DAYS = 30
FIGURES = ("is_assigned", "is_resolved", "is_sale", "conversion")


class LeadsAgentAssignment(models.Model):
    """What of an agent's work counts in the figures: leads and orders, not rows.

    The dashboard, the live floor, the cards of agents, the analysis and *Next* add up the same stored figures; what
    each of them is follows from the log alone, by one statement (:meth:`_recount_sql`).

    Assignments of one agent that go on with one another are one lead, up to a sale that stands: reopened, or assigned
    anew for the same order. The first of them is *assigned*, the last of them may be *resolved*. What was undone never
    counts, nor does what was reassigned or merged away, with all that the agent had of the lead before. A *sale* is an
    order that is confirmed now, of whoever held the lead when it was confirmed last. *Conversion* counts each order
    once: 1 when it is the agent's sale, 0 while it is a quotation or cancelled.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    first_id = Link(
        "leads.agent.assignment",
        string="First Assignment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The assignment of the same agent with which this one goes on: reopened, or assigned anew for "
        "the same order.",
    )
    is_assigned = fields.Integer(
        string="Assigned",
        readonly=True,
        aggregator="sum",
        help="1 for a lead that was given to the agent. A lead that comes back counts once, one that was given to "
        "somebody else or whose batch was undone does not count.",
    )
    is_resolved = fields.Integer(
        string="Resolved",
        readonly=True,
        aggregator="sum",
        help="1 for a lead that the agent closed, with a disposition or a sale. One that is reopened is not resolved.",
    )
    is_sale = fields.Integer(
        string="Sales",
        readonly=True,
        aggregator="sum",
        help="1 when a sale resolved the lead. Cancelled, it counts no longer; confirmed again, for whoever holds the "
        "lead then.",
    )
    conversion = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Sales as a share of all sales, quotations and cancelled orders. Each order counts once.",
    )
    is_assigned_today = fields.Boolean(
        string="Assigned Today", compute="_compute_is_today", search="_search_is_assigned_today"
    )
    is_ended_today = fields.Boolean(string="Ended Today", compute="_compute_is_today", search="_search_is_ended_today")
    is_recent = fields.Boolean(
        string="Held in the Last 30 Days",
        compute="_compute_is_today",
        search="_search_is_recent",
        help="What the conversion on the dashboard is about.",
    )

    # How often a customer bought, which is part of the priority of each new lead.
    _sales_idx = models.Index("(partner_id) WHERE is_sale = 1")

    def _auto_init(self):
        """Assignments from before the figures were stored: those of one agent for one order are one lead."""
        is_old = table_exists(self.env.cr, self._table) and not column_exists(self.env.cr, self._table, "is_assigned")
        result = super()._auto_init()
        if is_old:
            self.pool.post_init(self._count_all)
        return result

    @api.model
    def _count_all(self):
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE leads_agent_assignment a SET first_id = f.first_id
              FROM (SELECT id, min(id) OVER (PARTITION BY agent_id, order_id) AS first_id
                      FROM leads_agent_assignment WHERE order_id IS NOT NULL) f
             WHERE a.id = f.id AND f.first_id < a.id
            """
        )
        rows = self.env.execute_query(self._recount_sql(SQL("TRUE")))
        self.invalidate_model(flush=False)
        self.browse(row[0] for row in rows if row[1])._on_sales_changed()

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    @api.model
    def _all_companies(self):
        # sudo: res.company - when the day of each began; which rows are found, the rules say
        return self.env["res.company"].sudo().search(Domain.TRUE)

    @api.model
    def _recent_domain(self, companies):
        """What conversion is about: leads held in the last 30 days."""
        return Domain("state", "=", "active") | companies._leads_since_midnight("ended_at", CONVERSION_DAYS)

    @api.depends("assigned_at", "ended_at", "state")
    def _compute_is_today(self):
        for name in ("is_assigned_today", "is_ended_today", "is_recent"):
            found = self.search(Domain("id", "in", self.ids) & Domain(name, "=", True))
            for assignment in self:
                assignment[name] = assignment in found

    def _search_is_assigned_today(self, operator, value):
        return search_flag(self._all_companies()._leads_since_midnight("assigned_at"), operator, value)

    def _search_is_ended_today(self, operator, value):
        return search_flag(self._all_companies()._leads_since_midnight("ended_at"), operator, value)

    def _search_is_recent(self, operator, value):
        return search_flag(self._recent_domain(self._all_companies()), operator, value)

    # ------------------------------------------------------------------
    # What counts
    # ------------------------------------------------------------------

    @api.model
    def _lead_before_sql(self, alias):
        """The SELECT of the first assignment of a lead that comes back to an agent for the same order.

        :param str alias: has ``partner_id``, ``agent_id`` and ``order_id`` of the assignment to be made
        """
        return SQL(
            """
            SELECT COALESCE(b.first_id, b.id) FROM leads_agent_assignment b
             WHERE b.partner_id = %(partner)s AND b.agent_id = %(agent)s
               AND (b.order_id = %(order)s OR b.sale_order_id = %(order)s)
          ORDER BY b.id DESC LIMIT 1
            """,
            partner=SQL.identifier(alias, "partner_id"),
            agent=SQL.identifier(alias, "agent_id"),
            order=SQL.identifier(alias, "order_id"),
        )

    @api.model
    def _recount_sql(self, condition, sold=()):
        """The statement that brings the figures of some leads in step with what happened. Only what differs is written.

        :param SQL condition: of assignments ``a``; all of their leads are counted
        :param sold: ids of orders that became sales in this transaction, which need not be flushed
        """
        return SQL(
            """
            WITH firsts AS MATERIALIZED (
                SELECT DISTINCT COALESCE(a.first_id, a.id) AS id FROM leads_agent_assignment a WHERE %(condition)s
            ), log AS MATERIALIZED (
                SELECT a.id, f.id AS first_id, a.state, a.end_reason, a.is_sale AS was_sale,
                       a.end_reason IS NOT DISTINCT FROM 'undone' AS is_undone, o.state AS order_state,
                       COALESCE(a.end_reason = 'sale' AND a.sale_order_id IS NOT NULL AND o.state = 'sale', FALSE)
                           AND NOT EXISTS (
                               SELECT FROM leads_agent_assignment b
                                WHERE b.sale_order_id = a.sale_order_id AND b.id > a.id) AS is_sold
                  FROM firsts f
            CROSS JOIN LATERAL (
                       SELECT * FROM leads_agent_assignment WHERE id = f.id
                    UNION ALL
                       SELECT * FROM leads_agent_assignment WHERE first_id = f.id) a
             LEFT JOIN LATERAL (
                       SELECT CASE WHEN id = ANY(%(sold)s) THEN 'sale' ELSE state END AS state
                         FROM sale_order WHERE id = COALESCE(a.sale_order_id, a.order_id)) o ON TRUE
            ), leads AS (
                SELECT *, count(*) FILTER (WHERE is_sold) OVER (PARTITION BY first_id ORDER BY id) - is_sold::int
                       AS sales_before
                  FROM log
            ), kept AS (
                SELECT *, is_undone OR COALESCE(bool_or(end_reason = 'reassigned') OVER future, FALSE)
                       OR COALESCE(first_value(end_reason) OVER future = 'merged', FALSE) AS is_lost
                  FROM leads
                WINDOW future AS (PARTITION BY first_id, is_undone, sales_before ORDER BY id DESC)
            ), figures AS (
                SELECT id, was_sale, (NOT is_lost AND lag(id) OVER lead IS NULL)::int AS is_assigned,
                       (NOT is_lost AND lead(id) OVER lead IS NULL AND state = 'resolved')::int AS is_resolved,
                       is_sold::int AS is_sale,
                       CASE WHEN is_sold THEN 1
                            WHEN NOT is_lost AND lead(id) OVER lead IS NULL AND order_state <> 'sale' THEN 0
                             END::float AS conversion
                  FROM kept
                WINDOW lead AS (PARTITION BY first_id, sales_before, is_lost ORDER BY id)
            )
            UPDATE leads_agent_assignment a
               SET is_assigned = f.is_assigned, is_resolved = f.is_resolved, is_sale = f.is_sale,
                   conversion = f.conversion
              FROM figures f
             WHERE a.id = f.id AND (a.is_assigned, a.is_resolved, a.is_sale, a.conversion)
                       IS DISTINCT FROM (f.is_assigned, f.is_resolved, f.is_sale, f.conversion)
         RETURNING a.id, COALESCE(f.was_sale, 0) <> f.is_sale
            """,
            condition=condition,
            sold=list(sold),
        )

    def _count_logged(self, order_ids=()):
        """Elevated: count assignments which have just begun or ended, by the sale of these orders or otherwise.

        A lead that is new counts as it was inserted.
        """
        condition = SQL("a.id = ANY(%s) AND (a.first_id IS NOT NULL OR a.state <> 'active')", self.ids)
        if order_ids:
            condition = SQL("%s OR %s", condition, self._of_orders_sql(order_ids))
        self.env.cr.execute(self._recount_sql(condition, order_ids))
        self.invalidate_model(FIGURES, flush=False)

    @api.model
    def _of_orders_sql(self, order_ids):
        return SQL("a.order_id = ANY(%(ids)s) OR a.sale_order_id = ANY(%(ids)s)", ids=list(order_ids))

    @api.model
    def _recount(self, condition):
        """Elevated: count some leads anew, and let everything follow that hangs on it.

        :param SQL condition: of assignments ``a``
        """
        self.env["sale.order"].flush_model(["state"])
        self.flush_model()
        rows = self.env.execute_query(self._recount_sql(condition))
        self.invalidate_model(FIGURES, flush=False)
        if changed := self.browse(assignment_id for assignment_id, is_other_sale in rows if is_other_sale):
            changed._on_sales_changed()
        self.browse(row[0] for row in rows).agent_id._leads_dashboard_changed()

    @api.model
    def _recount_orders(self, orders):
        """Elevated: orders became sales, or ceased to be any, without ending a lead."""
        self._recount(self._of_orders_sql(orders.ids))

    @api.model
    def _sold_again(self, orders):
        """Elevated: orders that were sold before, perhaps, are confirmed while nobody holds their customers.

        Whoever had the sale has it again, unless a colleague made it.
        """
        if self.env.user.can_hold_leads:
            of_others = Domain("sale_order_id", "in", orders.ids) & Domain("agent_id", "!=", self.env.uid)
            self.search(of_others).sale_order_id = False
        self._recount_orders(orders)

    def _go_on_with(self, former_of):
        """Elevated: new assignments that go on with former ones of the same agent.

        :param dict former_of: ``{assignment: former one}``
        """
        for assignment, former in former_of.items():
            assignment.first_id = former.first_id or former
        if former_of:
            ids = [assignment.id for assignment in former_of]
            self._recount(SQL("a.id = ANY(%s)", ids))
