from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, html2plaintext

from ..tools import terms

SUMMARY_LENGTH = 160


class LeadsAgentHistory(models.Model):
    """What happened with a customer, one row per event, on one time line.

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

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    at = fields.Datetime(string="When", required=True, readonly=True)
    kind = fields.Selection(terms.HISTORY_KINDS, required=True, readonly=True)
    event = fields.Selection(
        [("created", "Created"), ("sent", "Sent"), ("cancelled", "Cancelled"), ("confirmed", "Confirmed")],
        readonly=True,
        help="What happened to the order.",
    )
    author_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", required=True, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade", index="btree_not_null")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="cascade")
    assignment_id = fields.Many2one(
        "leads.agent.assignment", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    summary = fields.Char(compute="_compute_summary")

    _partner_at_idx = models.Index("(partner_id, at DESC, id DESC)")
    _message_uniq = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.depends("kind", "message_id", "order_id", "assignment_id")
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        """One line on the event, in the language of the reader, from the document itself."""
        # sudo: mail.message, sale.order, leads.agent.assignment - whoever reads a row may read its document: the
        # record rule and _search of this model say so; here only its one line is made
        self_sudo = self.sudo()
        self_sudo.message_id.fetch(["body", "subject"])
        for row, row_sudo in zip(self, self_sudo, strict=True):
            row.summary = row_sudo._summarize()

    def _summarize(self):
        self.ensure_one()
        match self.kind:
            case "message" | "note" | "call" | "activity":
                return self._shorten(html2plaintext(self.message_id.body or "") or self.message_id.subject or "")
            case "order" | "sale":
                return self._summarize_order()
            case _:
                return self._summarize_assignment()

    def _summarize_order(self):
        order = self.order_id
        values = {
            "order": order.name,
            "amount": format_amount(self.env, order.amount_total, order.currency_id) if order.currency_id else "",
        }
        match self.event:
            case "sent":
                return self.env._("Quotation %(order)s sent, %(amount)s", **values)
            case "cancelled":
                return self.env._("Order %(order)s cancelled, %(amount)s", **values)
            case "confirmed":
                return self.env._("Order %(order)s confirmed, %(amount)s", **values)
        return self.env._("Quotation %(order)s created, %(amount)s", **values)

    def _summarize_assignment(self):
        assignment = self.assignment_id
        agent = assignment.agent_id.name
        if self.kind == "assigned":
            return self.env._("Assigned to %s", agent)
        if self.kind == "unassigned":
            return self.env._("Taken from %s", agent)
        text = self.env._("Resolved: %s", assignment.disposition_id.name or "")
        return self._shorten(f"{text} - {assignment.note}" if assignment.note else text)

    @staticmethod
    def _shorten(text):
        text = " ".join(text.split())
        return text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1] + "…"

    def action_open_document(self):
        """Open the document the event is about."""
        self.ensure_one()
        self.check_access("read")
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    @api.model
    def _latest(self, limit=10):
        """The latest rows over all customers that the current user holds.

        Only the customers with the freshest events are looked at, more of them when what they show is not enough.

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
            rows = self.search([("partner_id", "in", fresh.partner_id.ids)], limit=3 * limit)
            rows = rows._with_readable_message()[:limit]
            complete = len(rows) == limit and rows[-1].at >= fresh[-1].last_event_at
            if complete or len(fresh) < customers:
                return rows
            customers *= 4

    def _with_readable_message(self):
        """Leave out rows of messages that the current user may not read, such as private ones."""
        readable = set(self.sudo().message_id.sudo(False)._filtered_access("read")._ids)
        return self.filtered(lambda row: not row.sudo().message_id or row.sudo().message_id.id in readable)

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _log_messages(self, messages):
        """Record new messages on held customers and on their orders.

        :param messages: ``mail.message`` records just created, elevated
        """
        by_model = defaultdict(self.env["mail.message"].browse)
        for message in messages:
            if message.model in ("res.partner", "sale.order") and message.res_id and self._kind_of(message):
                by_model[message.model] += message
        vals_list = []
        for model, group in by_model.items():
            documents = self.env[model].sudo().browse(group.mapped("res_id")).exists()
            held = {document.id: document for document in documents if document.leads_agent_id}
            for message in group:
                if document := held.get(message.res_id):
                    vals_list.append(
                        {
                            "partner_id": document._leads_customer().id,
                            "at": message.date,
                            "kind": self._kind_of(message),
                            "author_id": message.author_id.id,
                            "res_model": model,
                            "res_id": document.id,
                            "order_id": document.id if model == "sale.order" else False,
                            "message_id": message.id,
                        }
                    )
        self._record(vals_list)

    @api.model
    def _kind_of(self, message):
        """The kind of history a message makes, or False for messages that no human wrote."""
        if message.mail_activity_type_id:
            return "call" if message.mail_activity_type_id.category == "phonecall" else "activity"
        if message.message_type not in ("comment", "email", "email_outgoing", "sms"):
            return False
        return "note" if message.is_internal or message.subtype_id.internal else "message"

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
        """Insert rows and tell the dashboards of the holders."""
        if not vals_list:
            return
        # sudo: leads.agent.history - nobody writes history by hand; rows follow from events the user caused
        self.sudo().create(vals_list)
        partner_ids = list({vals["partner_id"] for vals in vals_list})
        self.env["leads.agent.assignment"]._refresh_last_events(partner_ids)
        for agent in self.env["res.partner"].sudo().browse(partner_ids).leads_agent_id:
            agent._leads_dashboard_changed()

    @api.model
    def _log_assignments(self, assignment_ids, kind, at, sale_of=None):
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
                ids=list(assignment_ids),
                partners=list(sale_of or ()),
                orders=list((sale_of or {}).values()),
            )
        )

    @api.model
    def _take_in(self, partner_ids=None):
        """Take in what happened in the last 90 days and is not recorded yet, in two statements.

        At install for everybody; later for the customers that are being assigned.

        :param partner_ids: commercial customers, or None for all
        """
        self.env.flush_all()
        since = SQL("(now() AT TIME ZONE 'UTC') - make_interval(days => %s)", terms.HISTORY_DAYS)
        partners = SQL("TRUE") if partner_ids is None else SQL("p.commercial_partner_id = ANY(%s)", list(partner_ids))
        orders = (
            SQL("TRUE") if partner_ids is None else SQL("o.leads_commercial_partner_id = ANY(%s)", list(partner_ids))
        )
        message_kind = SQL(
            """
            CASE WHEN t.category = 'phonecall' THEN 'call'
                 WHEN m.mail_activity_type_id IS NOT NULL THEN 'activity'
                 WHEN m.is_internal OR st.internal THEN 'note'
                 ELSE 'message' END
            """
        )
        human = SQL(
            """
            m.date >= %s
            AND (m.mail_activity_type_id IS NOT NULL
                 OR m.message_type IN ('comment', 'email', 'email_outgoing', 'sms'))
            """,
            since,
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO leads_agent_history
                       (partner_id, at, kind, author_id, res_model, res_id, order_id, message_id)
                SELECT d.partner_id, m.date, %(kind)s, m.author_id, m.model, m.res_id, d.order_id, m.id
                  FROM (SELECT 'res.partner' AS model, p.id AS res_id, p.commercial_partner_id AS partner_id,
                               NULL::int AS order_id
                          FROM res_partner p
                         WHERE p.commercial_partner_id IS NOT NULL AND %(partners)s
                     UNION ALL
                        SELECT 'sale.order', o.id, o.leads_commercial_partner_id, o.id
                          FROM sale_order o
                         WHERE o.leads_commercial_partner_id IS NOT NULL AND %(orders)s) d
                  JOIN mail_message m ON m.model = d.model AND m.res_id = d.res_id
             LEFT JOIN mail_message_subtype st ON st.id = m.subtype_id
             LEFT JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
                 WHERE %(human)s
           ON CONFLICT (message_id) WHERE message_id IS NOT NULL DO NOTHING
                """,
                kind=message_kind,
                partners=partners,
                orders=orders,
                human=human,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO leads_agent_history
                       (partner_id, at, kind, event, author_id, res_model, res_id, order_id)
                SELECT o.leads_commercial_partner_id, e.at, e.kind, e.event, u.partner_id, 'sale.order', o.id, o.id
                  FROM sale_order o
            CROSS JOIN LATERAL (
                       SELECT 'order' AS kind, 'created' AS event, o.create_date AS at, o.create_uid AS uid
                    UNION ALL
                       SELECT 'sale', 'confirmed', o.date_order, o.user_id WHERE o.state = 'sale'
                       ) e
             LEFT JOIN res_users u ON u.id = e.uid
                 WHERE o.leads_commercial_partner_id IS NOT NULL AND %(orders)s
                   AND e.at >= %(since)s
                   AND NOT EXISTS (
                       SELECT FROM leads_agent_history h WHERE h.order_id = o.id AND h.event = e.event)
                """,
                orders=orders,
                since=since,
            )
        )
        self.invalidate_model()
