from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext, is_html_empty
from odoo.tools.sql import table_exists

from .. import earlier, summaries
from ..arguments import takes
from ..earlier import MESSAGE_TYPES
from ..fields import Link
from ..tools import given, terms

# Number of customers whose events are compared to find the latest ones.
MOST_FRESH = 400


class LeadsAgentHistory(models.Model):
    """The timeline of a customer, one row per event.

    Why a table of its own: the ten latest messages of all customers of an agent cannot be read from ``mail.message``,
    which applies the limit before the access check and so returns too few, slowly. Here, the assignments of an agent
    know when the newest event of each customer happened (``last_event_at``), so the ten latest rows are among those of
    the ten freshest customers: exact, and flat in the number of customers.

    Rows are recorded while somebody holds the customer. When a customer is assigned, what happened in the last 90 days
    is taken in from the messages and orders themselves; customers whom nobody calls cost nothing.

    Texts are never copied: ``summary`` reads the message, order or assignment the row is about. No holder is stored.
    A row is readable only while its customer and its document are.
    """

    _name = "leads.agent.history"
    _description = "Customer History"
    _order = "at desc, id desc"
    _rec_name = "summary"
    _log_access = False

    partner_id = Link("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    at = fields.Datetime(string="When", required=True, readonly=True)
    kind = fields.Selection(terms.HISTORY_KINDS, required=True, readonly=True)
    event = fields.Selection(
        [
            ("created", "Created"),
            ("sent", "Sent"),
            ("cancelled", "Cancelled"),
            ("reset", "Set back to quotation"),
            ("confirmed", "Confirmed"),
        ],
        readonly=True,
        help="What happened to the order.",
    )
    author_id = Link("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", required=True, readonly=True)
    order_id = Link("sale.order", readonly=True, ondelete="cascade", index="btree_not_null")
    message_id = Link("mail.message", readonly=True, ondelete="cascade")
    assignment_id = Link("leads.agent.assignment", readonly=True, ondelete="cascade", index="btree_not_null")
    undone = fields.Boolean(
        readonly=True,
        help="The entry belongs to an assignment that was undone. It stays in the history but is not counted.",
    )
    summary = fields.Char(compute="_compute_summary")

    _partner_at_idx = models.Index("(partner_id, at DESC, id DESC)")
    _message_uniq = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.depends("kind", "event", "message_id", "order_id", "assignment_id", "undone")
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        """Compute the summary line of each event, in the language of the reader."""
        lines = summaries.read(self.env, self.ids)
        for history in self:
            history.summary = lines.get(history.id, "")

    @takes(given.one)
    def action_open_document(self):
        """Open the document the event is about."""
        self.ensure_one()
        self.check_access("read")
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    @api.model
    def _latest(self, limit=10):
        """Return the latest rows of all customers that the current user holds, except assignments by batches.

        These are one line per batch on the dashboard. Only the customers with the newest events are read, and more of
        them if these have too few readable rows: at most ``MOST_FRESH``, as a batch may have brought thousands.

        :param int limit: how many rows at most
        :returns: readable rows, newest first
        """
        Assignment = self.env["leads.agent.assignment"]
        mine = Domain("agent_id", "=", self.env.uid) & Domain("state", "=", "active")
        mine &= Domain("last_event_at", "!=", False)
        customers = limit + 1
        while True:
            fresh = Assignment.search_fetch(
                mine, ["partner_id", "last_event_at"], limit=customers, order="last_event_at desc, id desc"
            )
            if not fresh:
                return self.browse()
            theirs = Domain("partner_id", "in", fresh.partner_id.ids) & Domain("undone", "=", False)
            of_batches = Domain("kind", "=", "assigned") & Domain("assignment_id.batch_id", "!=", False)
            rows = self.search_fetch(theirs & ~of_batches, limit=limit)
            complete = len(rows) == limit and rows[-1].at >= fresh[-1].last_event_at
            if complete or len(fresh) < customers or customers > MOST_FRESH:
                return rows
            customers *= 4

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _log_messages(self, messages, documents):
        """Record new messages on held customers and on their orders.

        :param messages: ``mail.message`` records just created, elevated
        :param list documents: ``(model, id)`` of the document of each message, or Nones for a message without content
        """
        held = self._held_documents(documents)
        vals_list = []
        for message, key in zip(messages, documents, strict=True):
            document = held.get(key)
            if document and not self._is_creation_note(message, document):
                vals_list.append(
                    {
                        "partner_id": document._leads_customer().id,
                        "at": message.date,
                        "kind": self._kind_of(message),
                        "author_id": message.author_id.id,
                        "res_model": document._name,
                        "res_id": document.id,
                        "order_id": document.id if document._name == "sale.order" else False,
                        "message_id": message.id,
                    }
                )
        self._record(vals_list)

    @api.model
    def _held_documents(self, documents):
        """Return the customers and orders among ``(model, id)`` pairs whose customer is held."""
        held = {}
        for model in ("res.partner", "sale.order"):
            ids = {int(res_id) for name, res_id in documents if name == model and res_id}
            # sudo: res.partner, sale.order - who holds a customer must not depend on what the author may read
            records = self.env[model].sudo().browse(ids)
            try:
                mine = records.filtered("leads_agent_id")
            except MissingError:
                mine = records.exists().filtered("leads_agent_id")
            held.update({(model, record.id): record for record in mine})
        return held

    @api.model
    def _may_be_history(self, vals):
        """Whether a message to create may be history: it has a text and is not to one person only."""
        return bool(
            vals.get("mail_activity_type_id")
            or (vals.get("message_type", "comment") in MESSAGE_TYPES and not is_html_empty(vals.get("body")))
        )

    @api.model
    def _kind_of(self, message):
        """Return the kind of history entry for a message."""
        if message.mail_activity_type_id:
            return "call" if message.mail_activity_type_id.category == "phonecall" else "activity"
        internal = message.is_internal or message.subtype_id.internal or not message.subtype_id
        return "note" if internal else "message"

    @api.model
    def _is_creation_note(self, message, document):
        """Whether it is Odoo's note on the creation of a document, which has its own entry."""
        return (
            message.message_type == "notification"
            and message.create_date == document.create_date
            and html2plaintext(message.body) == html2plaintext(document._creation_message() or "")
        )

    @api.model
    def _follow_move(self, partners):
        """Move the history of contacts and their orders to another commercial customer, in one statement."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model(["leads_commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_history h SET partner_id = d.partner_id
                  FROM (SELECT 'res.partner' AS model, id, commercial_partner_id AS partner_id
                          FROM res_partner WHERE commercial_partner_id = ANY(%(entities)s)
                     UNION ALL
                        SELECT 'sale.order', id, leads_commercial_partner_id
                          FROM sale_order WHERE leads_commercial_partner_id = ANY(%(entities)s)) d
                 WHERE h.res_model = d.model AND h.res_id = d.id AND h.partner_id <> d.partner_id
                   AND h.assignment_id IS NULL
                """,
                entities=partners.commercial_partner_id.ids,
            )
        )
        self.invalidate_model(["partner_id"], flush=False)

    @api.model
    def _log_orders(self, orders, event):
        """Record an event of orders whose customer somebody holds.

        :param str event: a value of the field ``event``
        """
        now = fields.Datetime.now()
        self._record(
            [
                {
                    "partner_id": order.leads_commercial_partner_id.id,
                    "at": now,
                    "kind": "sale" if event == "confirmed" else "order",
                    "event": event,
                    "author_id": self.env.user.partner_id.id,
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "order_id": order.id,
                }
                for order in orders
                if order.leads_agent_id
            ]
        )

    @api.model
    def _record(self, vals_list):
        """Insert rows and refresh the dashboards of the holders."""
        if not vals_list:
            return
        # sudo: leads.agent.history - nobody writes history directly; rows follow from events the user caused
        self.sudo().create(vals_list)
        partner_ids = list({vals["partner_id"] for vals in vals_list})
        self._refresh_last_events(partner_ids)
        for agent in self.env["res.partner"].sudo().browse(partner_ids).leads_agent_id:
            agent._leads_dashboard_changed()

    @api.model
    def _log_assignments(self, assignments, kind, at, sale_of=None):
        """Record that assignments began or ended, in one statement.

        :param dict sale_of: ``{partner_id: order_id}`` when sales ended them: the row is then about the order
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO leads_agent_history
                       (partner_id, at, kind, event, author_id, res_model, res_id, order_id, assignment_id)
                SELECT a.partner_id, %(at)s, %(kind)s, CASE WHEN %(kind)s = 'sale' THEN 'confirmed' END, %(author)s,
                       CASE WHEN s.order_id IS NULL THEN 'res.partner' ELSE 'sale.order' END,
                       COALESCE(s.order_id, a.partner_id), s.order_id, a.id
                  FROM leads_agent_assignment a
             LEFT JOIN unnest(%(partners)s::int[], %(orders)s::int[]) AS s (partner_id, order_id)
                       ON s.partner_id = a.partner_id
                 WHERE a.id = ANY(%(ids)s)
                """,
                at=at.replace(microsecond=0),
                kind=kind,
                author=self.env.user.partner_id.id,
                ids=assignments.ids,
                partners=list(sale_of or ()),
                orders=list((sale_of or {}).values()),
            )
        )

    @api.model
    def _refresh_last_events(self, partner_ids):
        """Copy the time of the newest history entry and contact of customers to their active assignment."""
        Assignment = self.env["leads.agent.assignment"]
        self.flush_model()
        Assignment.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET last_event_at = h.last_event_at, last_contact_at = h.last_contact_at
                  FROM (
                       SELECT partner_id, max(at) AS last_event_at,
                              max(at) FILTER (WHERE kind IN %(contact)s) AS last_contact_at
                         FROM leads_agent_history
                        WHERE partner_id = ANY(%(partners)s) AND undone IS NOT TRUE
                     GROUP BY partner_id
                       ) h
                 WHERE a.partner_id = h.partner_id AND a.state = 'active'
                """,
                contact=terms.CONTACT_KINDS,
                partners=list(partner_ids),
            )
        )
        Assignment.invalidate_model(["last_event_at", "last_contact_at"], flush=False)
        Assignment._on_events(partner_ids)

    @api.model
    def _sources(self, since, partner_ids, is_new):
        """Return the statements that import earlier events; parameters as in :func:`earlier.statement`.

        :rtype: list[SQL]
        """
        return [earlier.statement(since, partner_ids, is_new)]

    @api.model
    def _newest_events(self, alias):
        """Return the SELECT of the times of the newest event and contact of the customer ``alias.partner_id``."""
        return SQL(
            """
            SELECT max(at) AS event_at, max(at) FILTER (WHERE kind IN %s) AS contact_at
              FROM leads_agent_history WHERE partner_id = %s AND undone IS NOT TRUE
            """,
            terms.CONTACT_KINDS,
            SQL.identifier(alias, "partner_id"),
        )

    def _auto_init(self):
        """At install, import the history of all customers while the new table has no index and no foreign key yet."""
        is_new = not table_exists(self.env.cr, self._table)
        result = super()._auto_init()
        if is_new:
            self.pool.post_init(self._take_in, is_new=True)
        return result

    @api.model
    def _take_in(self, partner_ids=None, is_new=False):
        """Import the events of the last 90 days that are not recorded yet.

        At install for all customers; later for those being assigned.

        :param partner_ids: commercial customers, or None for all
        :param bool is_new: the table is empty, so nothing can be recorded yet
        """
        if not is_new:
            self.env.flush_all()
        since = SQL("(now() AT TIME ZONE 'UTC') - make_interval(days => %s)", terms.HISTORY_DAYS)
        for statement in self._sources(since, partner_ids, is_new):
            self.env.cr.execute(statement)
        self.invalidate_model(flush=False)
