from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ..arguments import takes
from ..tools import given, terms
from ..tools.calling_hours import open_windows
from ..tools.phone_numbers import Line, read_cell
from ..tools.timezones import Address, shown_zone
from .leads_agent_assignment_figures import CONVERSION_DAYS, FIGURES

FIGURE_COLUMNS = ("state", "assigned_at", "ended_at", *FIGURES)
ORDER_COLUMNS = ("id", "name", "amount_total", "currency_id", "date_order", "validity_date")
SORTS = {
    "next": "last_contact_at ASC NULLS FIRST, assigned_at, id",
    "value": "priority DESC NULLS LAST, id",
    "newest": "assigned_at DESC, id DESC",
    "oldest": "assigned_at, id",
    "customer": "partner_id, id",
}


class LeadsAgentDashboard(models.AbstractModel):
    """What an agent sees after login, in one read-only request."""

    _name = "leads.agent.dashboard"
    _description = "Leads Agent Dashboard"

    @api.model
    @api.readonly
    @takes(search=given.text, sort=given.text, limit=given.whole, offset=given.whole)
    def get_data(self, search="", sort="next", limit=80, offset=0):
        """Everything on the dashboard of the current user.

        :param str search: part of a name, phone, e-mail, city or order number
        :param str sort: one of ``next`` (not contacted yet first, then the longest ago), ``value`` (the most promising
            first), ``newest``, ``oldest``, ``customer``
        :param int limit: leads per page, 1 to 200
        :param int offset: leads to skip
        :returns: dict with ``user``, ``figures``, ``leads``, ``leads_count``, ``history``, ``empty_reason``, and for
            the call desk ``callbacks`` of today and ``call``, the one that is running, or False; datetimes are UTC
            strings, amounts are numbers of the currency beside them
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
            order=SORTS.get(sort, SORTS["next"]),
        )
        user = self.env.user
        today = user.company_id._leads_midnight()
        rows = self._together(
            figures=self._figures_select(today),
            day=self._day_select(today),
            call=self._call_select(),
            callbacks=self._callbacks_select(self._callbacks_until(self._tomorrow())),
        )
        figures = rows["figures"][0] | {"conversion_days": CONVERSION_DAYS}
        if figures["conversion"] is None:
            # Nothing to divide by; XML-RPC carries no None.
            figures["conversion"] = False
        count = figures["open"]
        if search:
            count = (
                len(assignments)
                if len(assignments) < limit and not offset
                else Assignment.search_count(mine & self._search_domain(search))
            )
        return {
            "user": {"name": user.name, "is_agent": user._is_leads_agent(), "is_caller": user.can_hold_leads},
            "figures": figures,
            "day": self._day(today, rows["day"]),
            "leads": self._leads(assignments),
            "leads_count": count,
            "history": self._entries(self.env["leads.agent.history"]._latest(10)),
            "callbacks": rows["callbacks"] if user.can_hold_leads else [],
            "call": self._running_call(rows["call"]),
            "empty_reason": self._empty_reason() if not assignments and not search else "",
        }

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
        """What the list shows of customers the user may read, in one query.

        :returns: ``{partner_id: dict}``; ``calling`` has the spans of the next 24 hours in which calls are legal there
        """
        Partner = self.env["res.partner"]
        Partner.flush_model(["complete_name", "phone", "email", "city", "zip", "leads_zone", "country_id", "state_id"])
        query = Partner._search([("id", "in", partner_ids)])
        more = [SQL(", %s AS %s", sql, SQL.identifier(name)) for name, sql in self._customer_columns().items()]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT p.id AS partner_id, p.complete_name AS name, p.phone, p.email, p.city, p.zip, p.leads_zone,
                       %(country)s AS country, c.code AS country_code, s.code AS state_code %(more)s
                  FROM res_partner p
             LEFT JOIN res_country c ON c.id = p.country_id
             LEFT JOIN res_country_state s ON s.id = p.state_id
                 WHERE p.id IN %(readable)s
                """,
                country=self.env["res.country"]._field_to_sql("c", "name"),
                more=SQL(" ").join(more),
                readable=query.subselect(),
            )
        )
        customers, now = {}, fields.Datetime.now().replace(second=0)
        Desk, Hours = self.env["leads.agent.desk"], self.env["leads.agent.calling.hours"]
        for row in rows:
            address = Address(*(row.pop(name) or "" for name in ("country_code", "state_code", "zip", "leads_zone")))
            cell = read_cell(row["phone"], address.country)
            number = cell.numbers[0].e164 if cell.numbers else ""
            spans = open_windows(Hours._clocks(address, number), now, now + timedelta(days=1))
            customers[row["partner_id"]] = {name: value or "" for name, value in row.items()} | {
                "tz": shown_zone(address, number) or False,
                "calling": [[fields.Datetime.to_string(moment) for moment in span] for span in spans],
                "phone_note": Desk._number_sentence(Line(row["phone"] or "", cell)),
            }
        return customers

    @api.model
    def _customer_columns(self):
        """What an addon tells of each customer besides: SQL over ``p``, the customer, by the key of the answer."""
        return {}

    @api.model
    def _latest_partial_orders(self, partner_ids):
        """The newest readable partial order of each customer.

        :returns: ``{partner_id: dict}``
        """
        Order = self.env["sale.order"]
        query = Order._search([("state", "in", terms.PARTIAL_STATES)])
        columns = {name: Order._field_to_sql(Order._table, name, query) for name in ORDER_COLUMNS}
        # One by one, or PostgreSQL looks for all partial orders there are.
        query.add_where(SQL("%s = c.id", Order._field_to_sql(Order._table, "leads_commercial_partner_id", query)))
        query.order = SQL("%s DESC, %s DESC", Order._leads_moment_sql(Order._table), columns["id"])
        query.limit = 1
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id AS partner_id, newest.*
                  FROM unnest(%s::int[]) AS c (id)
            CROSS JOIN LATERAL (%s) newest
                """,
                partner_ids,
                query.select(*columns.values()),
            )
        )
        return dict(zip([row["partner_id"] for row in rows], self._order_values(rows), strict=True))

    @api.model
    def _order_values(self, rows):
        """What is shown of orders; the client formats the amounts.

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
        """The query for the figures of the current user; what counts is stored, see ``leads_agent_assignment_figures``.

        :param datetime today: midnight in the company of the user
        """
        Assignment, Call = self.env["leads.agent.assignment"], self.env["leads.agent.call"]
        mine = Domain("agent_id", "=", self.env.uid)
        assignments = Assignment._search(mine & Assignment._recent_domain(self.env.user.company_id))
        # sudo: leads.agent.call - numbers of the user's own calls, also with customers who went out of sight
        calls = Call.sudo()._search(mine & Call._counted() & Domain("started_at", ">=", today))
        columns = [
            SQL("%s AS %s", Assignment._field_to_sql(Assignment._table, name, assignments), SQL.identifier(name))
            for name in FIGURE_COLUMNS
        ]
        return SQL(
            """
            SELECT *
              FROM (SELECT count(*) FILTER (WHERE state = 'active') AS open,
                           COALESCE(sum(is_assigned) FILTER (WHERE assigned_at >= %(today)s), 0) AS assigned_today,
                           COALESCE(sum(is_resolved) FILTER (WHERE ended_at >= %(today)s), 0) AS resolved_today,
                           COALESCE(sum(is_sale) FILTER (WHERE ended_at >= %(today)s), 0) AS sold_today,
                           avg(conversion) AS conversion
                      FROM (%(assignments)s) mine) leads,
                   (SELECT count(*) AS calls_today, COALESCE(sum(is_contact), 0) AS contacts_today,
                           COALESCE(sum(duration), 0) AS talk_hours_today
                      FROM leads_agent_call
                     WHERE id IN %(calls)s) calls
            """,
            today=today,
            assignments=assignments.select(*columns),
            calls=calls.subselect(),
        )

    @api.model
    def _entries(self, rows):
        """Rows of the history, for the list of what happened."""
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
        """Why there is nothing to see, with the settings in words."""
        user = self.env.user
        if not user.can_hold_leads:
            return self.env._(
                "You assign leads and hold none yourself. The agents and their leads are under Assignments; "
                "switch on 'May Hold Leads' on your card there to call, too."
            )
        sentences = [self.env._("No lead is assigned to you at the moment. A Leads Manager assigns them.")]
        if not user._is_leads_agent():
            return sentences[0]
        return " ".join([*sentences, *user._leads_sight_sentences()])
