from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ..tools import terms
from ..tools.figures import conversion
from ..tools.timezones import customer_timezone

CONVERSION_DAYS = 30
SORTS = {
    "next": "last_contact_at ASC NULLS FIRST, assigned_at, id",
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
    def get_data(self, search="", sort="next", limit=80, offset=0):
        """Everything on the dashboard of the current user.

        :param str search: part of a name, phone, e-mail, city or order number
        :param str sort: one of ``next`` (not contacted yet first, then the longest ago), ``newest``, ``oldest``,
            ``customer``
        :param int limit: leads per page, 1 to 200
        :param int offset: leads to skip
        :returns: dict with ``user``, ``figures``, ``leads``, ``leads_count``, ``history``, ``empty_reason``;
            datetimes are UTC strings, amounts are formatted
        :raises AccessError: for users who are neither agents nor managers
        """
        Assignment = self.env["leads.agent.assignment"]
        if not Assignment.has_access("read"):
            raise AccessError(self.env._("The dashboard is for Leads Agents and Leads Managers."))
        limit, offset = min(max(int(limit), 1), 200), max(int(offset), 0)
        mine = Domain("agent_id", "=", self.env.uid) & Domain("state", "=", "active")
        assignments = Assignment.search_fetch(
            mine & self._search_domain(search),
            ["partner_id", "assigned_at", "last_contact_at", "reason", "source"],
            limit=limit,
            offset=offset,
            order=SORTS.get(sort, SORTS["next"]),
        )
        figures = self._figures(mine)
        count = figures["open"]
        if search:
            count = (
                len(assignments)
                if len(assignments) < limit and not offset
                else Assignment.search_count(mine & self._search_domain(search))
            )
        return {
            "user": {"name": self.env.user.name, "is_agent": self.env.user._is_leads_agent()},
            "figures": figures,
            "leads": self._leads(assignments),
            "leads_count": count,
            "history": self._history(),
            "empty_reason": self._empty_reason() if not assignments and not search else "",
        }

    @api.model
    def _search_domain(self, search):
        search = (search or "").strip()
        if not search:
            return Domain.TRUE
        names = ["complete_name", "phone", "email", "city"]
        partner = Domain.OR(Domain(name, "ilike", search) for name in names)
        return Domain("partner_id", "any", partner) | Domain("order_id", "any", [("name", "ilike", search)])

    @api.model
    def _leads(self, assignments):
        partners = assignments.partner_id
        orders = self._latest_partial_orders(partners)
        leads = []
        for assignment in assignments:
            partner, order = assignment.partner_id, orders.get(assignment.partner_id.id)
            leads.append(
                {
                    "assignment_id": assignment.id,
                    "partner_id": partner.id,
                    "name": partner.display_name,
                    "phone": partner.phone or "",
                    "email": partner.email or "",
                    "city": partner.city or "",
                    "country": partner.country_id.name or "",
                    "tz": customer_timezone(partner.tz, partner.country_id.code, partner.state_id.code) or False,
                    "assigned_at": fields.Datetime.to_string(assignment.assigned_at),
                    "last_contact_at": fields.Datetime.to_string(assignment.last_contact_at) or False,
                    "reason": assignment.reason or "",
                    "order": order
                    and {
                        "id": order.id,
                        "name": order.name,
                        "amount": format_amount(self.env, order.amount_total, order.currency_id),
                        "amount_total": order.amount_total,
                        "date_order": fields.Datetime.to_string(order.date_order),
                        "expired": order.is_expired,
                    },
                }
            )
        return leads

    @api.model
    def _latest_partial_orders(self, partners):
        """The newest readable partial order of each customer.

        :returns: ``{partner_id: sale.order}``
        """
        Order = self.env["sale.order"]
        if not partners:
            return {}
        query = Order._search(
            [("leads_commercial_partner_id", "in", partners.ids), ("state", "in", terms.PARTIAL_STATES)]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (leads_commercial_partner_id) id
                  FROM sale_order WHERE id IN %s
              ORDER BY leads_commercial_partner_id, date_order DESC, id DESC
                """,
                query.subselect(),
            )
        )
        orders = Order.browse(row[0] for row in rows)
        return {order.leads_commercial_partner_id.id: order for order in orders}

    @api.model
    def _figures(self, mine):
        """Today's figures of the current user, in one query; a day begins at midnight in the user's time zone."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        midnight = zone.localize(datetime.combine(datetime.now(zone).date(), time.min)).astimezone(pytz.utc)
        today = midnight.replace(tzinfo=None)
        period = today - timedelta(days=CONVERSION_DAYS)
        Assignment = self.env["leads.agent.assignment"]
        query = Assignment._search(
            Domain("agent_id", "=", self.env.uid) & (Domain("state", "=", "active") | Domain("ended_at", ">=", period))
        )
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE a.state = 'active'),
                       count(*) FILTER (WHERE a.assigned_at >= %(today)s),
                       count(*) FILTER (WHERE a.state = 'resolved' AND a.ended_at >= %(today)s),
                       count(*) FILTER (WHERE a.end_reason = 'sale' AND a.ended_at >= %(today)s),
                       count(*) FILTER (WHERE a.end_reason = 'sale'),
                       count(*) FILTER (WHERE a.end_reason IS DISTINCT FROM 'sale' AND o.state = 'cancel'),
                       count(*) FILTER (WHERE a.end_reason IS DISTINCT FROM 'sale' AND o.state IN %(partial)s)
                  FROM leads_agent_assignment a
             LEFT JOIN sale_order o ON o.id = a.order_id
                 WHERE a.id IN %(mine)s
                """,
                today=today,
                partial=terms.PARTIAL_STATES,
                mine=query.subselect(),
            )
        )
        opened, assigned, resolved, sold, sales, cancelled, partial = row
        return {
            "open": opened,
            "assigned_today": assigned,
            "resolved_today": resolved,
            "sold_today": sold,
            "conversion": conversion(sales, cancelled, partial),
            "conversion_days": CONVERSION_DAYS,
        }

    @api.model
    def _history(self):
        rows = self.env["leads.agent.history"]._latest(10)
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        # sudo: res.partner - names of authors and customers, as in every chatter
        return [
            {
                "id": row.id,
                "at": fields.Datetime.to_string(row.at),
                "kind": row.kind,
                "kind_label": kinds[row.kind],
                "author": row.author_id.sudo().name or "",
                "summary": row.summary or "",
                "partner_id": row.partner_id.id,
                "partner_name": row.partner_id.sudo().display_name,
                "res_model": row.res_model,
                "res_id": row.res_id,
            }
            for row in rows
        ]

    @api.model
    def _empty_reason(self):
        """Why there is nothing to see, with the settings in words."""
        user = self.env.user
        sentences = [self.env._("No lead is assigned to you at the moment. A Leads Manager assigns them.")]
        if not user._is_leads_agent():
            return sentences[0]
        if user.leads_partial_only:
            sentences.append(self.env._("You see quotations only, not confirmed or cancelled orders."))
        else:
            sentences.append(self.env._("You also see confirmed and cancelled orders."))
        if user.leads_locked:
            sentences.append(self.env._("You see only the customers that are assigned to you."))
        return " ".join(sentences)
