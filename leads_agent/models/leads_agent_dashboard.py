from collections.abc import Callable
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .. import newest
from ..arguments import takes
from ..figures import CONVERSION_DAYS, FIGURES, value_sql
from ..tools import given

LONGEST_WITHOUT_CONTACT = "last_contact_at ASC NULLS FIRST, assigned_at, id"
# Number of entries, and of customers named in the entry of a batch.
LATEST = 10
NAMES_OF_BATCH = 3
FIGURE_COLUMNS = ("state", "assigned_at", "ended_at", "partner_id", "sale_order_id", *FIGURES)
ORDER_COLUMNS = ("id", "name", "amount_total", "currency_id", "date_order", "validity_date")


class Section(NamedTuple):
    """A part of the dashboard.

    :param select: its query, which applies the record rules itself
    :param value: function of the rows, as dicts, that returns the value in the answer
    """

    select: SQL
    value: Callable[[list[dict]], Any]


class LeadsAgentDashboard(models.AbstractModel):
    """The dashboard that an agent sees after login, in one read-only request."""

    _name = "leads.agent.dashboard"
    _description = "Leads Agent Dashboard"

    @api.model
    @api.readonly
    @takes(search=given.text, sort=given.text, limit=given.whole, offset=given.whole)
    def get_data(self, search="", sort="next", limit=80, offset=0):
        """Return the data for the dashboard of the current user.

        :param str search: part of a name, phone, e-mail, city or order number
        :param str sort: a key of :meth:`_sorts`
        :param int limit: leads per page, 1 to 200
        :param int offset: leads to skip
        :returns: dict with ``user``, ``leads``, ``leads_count``, ``history``, ``empty_reason``, and the parts of
            :meth:`_sections`; datetimes are UTC strings, amounts are numbers of the currency beside them
        :raises AccessError: for users who are neither agents nor managers
        """
        Assignment = self.env["leads.agent.assignment"]
        if not Assignment.has_access("read"):
            raise AccessError(self.env._("The dashboard is for Leads Agents and Leads Managers."))
        limit, offset, search = min(max(limit, 1), 200), max(offset, 0), search[:100]
        mine = Domain("agent_id", "=", self.env.uid) & Domain("state", "=", "active")
        assignments = Assignment.search_fetch(
            mine & self._search_domain(search),
            ["partner_id", "assigned_at", "last_contact_at", "reason", "source"],
            limit=limit,
            offset=offset,
            order=self._sorts().get(sort, LONGEST_WITHOUT_CONTACT),
        )
        user = self.env.user
        sections = self._read_sections(self._sections(user.company_id._leads_midnight()))
        count = sections["figures"]["open"]
        if search:
            count = (
                len(assignments)
                if len(assignments) < limit and not offset
                else Assignment.search_count(mine & self._search_domain(search))
            )
        return {
            "user": {"name": user.name, "is_agent": user._is_leads_agent(), "is_caller": user.can_hold_leads},
            "leads": self._leads(assignments),
            "leads_count": count,
            "history": self._latest_entries(sections.pop("batches")),
            "empty_reason": self._empty_reason() if not assignments and not search else "",
        } | sections

    @api.model
    def _sorts(self):
        """Return the sort orders of the leads.

        :returns: ``{key: order of assignments}``
        """
        return {
            "next": LONGEST_WITHOUT_CONTACT,
            "newest": "assigned_at DESC, id DESC",
            "oldest": "assigned_at, id",
            "customer": "partner_id, id",
        }

    @api.model
    def _sections(self, today):
        """Return the parts of the answer that are read together.

        :param datetime today: midnight in the company of the user
        :rtype: dict[str, Section]
        """
        return {
            "figures": Section(self._figures_select(today), self._figures),
            "batches": Section(self._batches_select(), lambda rows: rows),
        }

    @api.model
    def _read_sections(self, sections):
        """Read several sections in one query.

        :param sections: ``{name: Section}``
        :returns: ``{name: value of the section}``
        """
        self._flush_sections()
        columns = [
            SQL("(SELECT jsonb_agg(t) FROM (%s) t) AS %s", section.select, SQL.identifier(name))
            for name, section in sections.items()
        ]
        [row] = self.env.execute_query_dict(SQL("SELECT %s", SQL(", ").join(columns)))
        return {name: section.value(row[name] or []) for name, section in sections.items()}

    @api.model
    def _flush_sections(self):
        """Flush the fields that the sections read."""
        self.env["leads.agent.assignment"].flush_model()
        self.env["sale.order"].flush_model(["amount_total", "currency_rate", "company_id", *newest.FIELDS])

    @api.model
    def _search_domain(self, search):
        search = escape_psql((search or "").strip())
        if not search:
            return Domain.TRUE
        names = ["complete_name", "phone", "email", "city"]
        partner = Domain.OR(Domain(name, "ilike", search) for name in names)
        return Domain("partner_id", "any", partner) | Domain("order_id", "any", [("name", "ilike", search)])

    @api.model
    def _leads(self, assignments):
        partner_ids = assignments.partner_id.ids
        customers = self._customers(partner_ids)
        orders = self._latest_partial_orders(partner_ids)
        leads = []
        for assignment in assignments:
            customer = customers.get(assignment.partner_id.id)
            if not customer:
                continue
            leads.append(
                {
                    **customer,
                    "assignment_id": assignment.id,
                    "assigned_at": fields.Datetime.to_string(assignment.assigned_at),
                    "last_contact_at": fields.Datetime.to_string(assignment.last_contact_at) or False,
                    "reason": assignment.reason or "",
                    "order": orders.get(assignment.partner_id.id, False),
                }
            )
        return leads

    @api.model
    def _customers(self, partner_ids):
        """Return the values of readable customers for the list, in one query.

        :returns: ``{partner_id: dict}``
        """
        Partner = self.env["res.partner"]
        Partner.flush_model(["complete_name", "phone", "email", "city", "country_id"])
        query = Partner._search([("id", "in", partner_ids)])
        more = [SQL(", %s AS %s", sql, SQL.identifier(name)) for name, sql in self._lead_columns().items()]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT p.id AS partner_id, p.complete_name AS name, p.phone, p.email, p.city,
                       (SELECT %(country)s FROM res_country c WHERE c.id = p.country_id) AS country %(more)s
                  FROM res_partner p
                 WHERE p.id IN %(readable)s
                """,
                country=self.env["res.country"]._field_to_sql("c", "name"),
                more=SQL(" ").join(more),
                readable=query.subselect(),
            )
        )
        return {row["partner_id"]: self._customer_values(row) for row in rows}

    @api.model
    def _lead_columns(self):
        """Hook: return more columns on each customer: ``{key of the answer: SQL}`` over ``p``, the customer."""
        return {}

    @api.model
    def _customer_values(self, row):
        """Return the values of a customer for the list.

        :param dict row: the columns of :meth:`_customers`
        """
        return {name: value or "" for name, value in row.items()}

    @api.model
    def _latest_partial_orders(self, partner_ids):
        """Return the newest readable partial order of each customer.

        :returns: ``{partner_id: dict}``
        """
        rows = newest.latest_partial_orders(self.env, partner_ids, ORDER_COLUMNS)
        return dict(zip([row["partner_id"] for row in rows], self._order_values(rows), strict=True))

    @api.model
    def _order_values(self, rows):
        """Return the values of orders; the client formats the amounts.

        :param list rows: a dict with ``ORDER_COLUMNS`` for each
        """
        today = fields.Date.context_today(self)
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "amount_total": row["amount_total"],
                "currency_id": row["currency_id"],
                "date_order": fields.Datetime.to_string(row["date_order"]),
                "expired": bool(row["validity_date"] and row["validity_date"] < today),
            }
            for row in rows
        ]

    @api.model
    def _figures_select(self, today):
        """Return the query for the figures of the current user: see ``figures.py``.

        The value of a sale is the agent's own figure, also when the order is out of sight by now.

        :param datetime today: midnight in the company of the user
        """
        Assignment = self.env["leads.agent.assignment"]
        mine = Domain("agent_id", "=", self.env.uid)
        assignments = Assignment._search(mine & Assignment._recent_domain(self.env.user.company_id))
        columns = [
            SQL("%s AS %s", Assignment._field_to_sql(Assignment._table, name, assignments), SQL.identifier(name))
            for name in FIGURE_COLUMNS
        ]
        return SQL(
            """
            SELECT count(*) FILTER (WHERE mine.state = 'active') AS open,
                   COALESCE(sum(is_assigned) FILTER (WHERE assigned_at >= %(today)s), 0) AS assigned_today,
                   COALESCE(sum(is_resolved) FILTER (WHERE ended_at >= %(today)s), 0) AS resolved_today,
                   COALESCE(sum(is_sale) FILTER (WHERE ended_at >= %(today)s), 0) AS sold_today,
                   avg(conversion) AS conversion, COALESCE(sum(quotation.value), 0) AS value_open,
                   COALESCE(sum(%(sale_value)s), 0) AS value_sold
              FROM (%(assignments)s) mine
         LEFT JOIN LATERAL (%(quotation)s) quotation ON mine.state = 'active'
         LEFT JOIN sale_order sale ON sale.id = mine.sale_order_id AND is_sale = 1 AND ended_at >= %(today)s
            """,
            today=today,
            sale_value=value_sql(self.env, "sale"),
            quotation=newest.partial_query(self.env, SQL("mine.partner_id")).select(
                SQL("%s AS value", value_sql(self.env, "sale_order"))
            ),
            assignments=assignments.select(*columns),
        )

    @api.model
    def _figures(self, rows):
        # sudo: res.company - the currency of the amounts
        currency = self.env.company.sudo().currency_id
        figures = rows[0] | {"conversion_days": CONVERSION_DAYS, "currency_id": currency.id}
        if figures["conversion"] is None:
            # Nothing to divide by; XML-RPC carries no None.
            figures["conversion"] = False
        return figures

    @api.model
    def _batches_select(self):
        """Return the query for the latest batches that brought leads to the current user, who still has them."""
        Assignment = self.env["leads.agent.assignment"]
        mine = Domain("agent_id", "=", self.env.uid) & Domain("state", "=", "active") & Domain("batch_id", "!=", False)
        return SQL(
            """
            SELECT b.id, b.leads, to_char(b.at, 'YYYY-MM-DD HH24:MI:SS') AS at, b.partner_ids[1] AS partner_id,
                   (SELECT jsonb_agg(complete_name ORDER BY id) FROM res_partner
                     WHERE id = ANY(b.partner_ids[:%(names)s])) AS names
              FROM (
                   SELECT batch_id AS id, count(*) AS leads, max(assigned_at) AS at,
                          array_agg(partner_id ORDER BY id) AS partner_ids
                     FROM leads_agent_assignment
                    WHERE id IN %(mine)s
                 GROUP BY batch_id
                 ORDER BY 3 DESC, 1 DESC
                    LIMIT %(limit)s) b
            """,
            names=NAMES_OF_BATCH,
            mine=Assignment._search(mine).subselect(),
            limit=LATEST,
        )

    @api.model
    def _latest_entries(self, batches):
        """Return the latest history over all customers. A batch is one entry, however many leads it assigned.

        :param list batches: the rows of :meth:`_batches_select`
        """
        entries = self._entries(self.env["leads.agent.history"]._latest(LATEST))
        entries += [self._batch_entry(batch) for batch in batches]
        return sorted(entries, key=lambda entry: entry["at"], reverse=True)[:LATEST]

    @api.model
    def _batch_entry(self, batch):
        names = ", ".join(filter(None, batch["names"] or ()))
        if (more := batch["leads"] - NAMES_OF_BATCH) > 0:
            names = self.env._("%(names)s and %(more)s more", names=names, more=more)
        kinds = dict(self.env["leads.agent.history"]._fields["kind"]._description_selection(self.env))
        return {
            # No row of the history has this ID.
            "id": -batch["id"],
            "at": batch["at"],
            "kind": "assigned",
            "kind_label": kinds["assigned"],
            "author": "",
            "summary": names,
            "partner_id": batch["partner_id"],
            "partner_name": self.env._("Batch: %s leads", batch["leads"]),
            "res_model": "leads.agent.batch.assign",
            "res_id": batch["id"],
        }

    @api.model
    def _entries(self, rows):
        """Return history entries for the list of latest events."""
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        # sudo: res.partner - names of authors and customers, as in every chatter
        partners = (rows.author_id | rows.partner_id).sudo()
        names = {partner.id: partner.complete_name or partner.name for partner in partners}
        return [
            {
                "id": row.id,
                "at": fields.Datetime.to_string(row.at),
                "kind": row.kind,
                "kind_label": kinds[row.kind],
                "author": names.get(row.author_id.id, ""),
                "summary": row.summary or "",
                "partner_id": row.partner_id.id,
                "partner_name": names[row.partner_id.id],
                "res_model": row.res_model,
                "res_id": row.res_id,
            }
            for row in rows
        ]

    @api.model
    def _empty_reason(self):
        """Return why the list is empty, with the settings in words."""
        user = self.env.user
        if not user.can_hold_leads:
            return self.env._(
                "You assign leads but hold none yourself. The agents and their leads are under Assignments. To "
                "call customers yourself, switch on 'May Hold Leads' on your card there."
            )
        sentences = [self.env._("No lead is assigned to you at the moment. A Leads Manager assigns them.")]
        if not user._is_leads_agent():
            return sentences[0]
        return " ".join([*sentences, *user._leads_sight_sentences()])
