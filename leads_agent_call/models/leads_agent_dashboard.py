from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from odoo.addons.leads_agent import newest
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.models.leads_agent_dashboard import ORDER_COLUMNS, Section
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.moments import midnight

from .. import preview
from ..facts import cells_sql, read_lines
from ..starting import number_values
from ..tools.calling_hours import open_windows
from ..tools.phone_numbers import Line, read_cell
from ..tools.timezones import Address, shown_zone

MOST_CALLBACKS = 20
MOST_ORDERS = 5
MOST_HISTORY = 5


class LeadsAgentDashboard(models.AbstractModel):
    """Data of the call desk: callbacks of today, the running call, and details of the lead to call."""

    _inherit = "leads.agent.dashboard"

    @api.model
    def _sorts(self):
        """Add the order of *Next*: the highest expected value first."""
        return super()._sorts() | {"value": "priority DESC NULLS LAST, id"}

    @api.model
    def _sections(self, today):
        """Add the charts of the day, ``callbacks`` of today and ``call``, the running call or False."""
        callbacks = self._callbacks_select(self._callbacks_until(self._tomorrow()))
        return super()._sections(today) | {
            "day": Section(self._day_select(today), lambda rows: self._day(today, rows)),
            "call": Section(self._call_select(), self._running_call),
            "callbacks": Section(callbacks, lambda rows: rows if self.env.user.can_hold_leads else []),
        }

    @api.model
    def _flush_sections(self):
        for model in ("leads.agent.call", "leads.agent.callback", "phone.blacklist"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["name", "complete_name", "phone", "phone_sanitized", "active"])
        return super()._flush_sections()

    @api.model
    def _figures_select(self, today):
        """Add the user's call figures of today."""
        Call = self.env["leads.agent.call"]
        mine = Domain("agent_id", "=", self.env.uid)
        # sudo: leads.agent.call - figures of the user's own calls, also with customers who are now out of sight
        calls = Call.sudo()._search(mine & Call._counted() & Domain("started_at", ">=", today))
        return SQL(
            """
            SELECT *
              FROM (%(leads)s) leads,
                   (SELECT count(*) AS calls_today, COALESCE(sum(is_contact), 0) AS contacts_today,
                           COALESCE(sum(duration), 0) AS talk_hours_today
                      FROM leads_agent_call
                     WHERE id IN %(calls)s) calls
            """,
            leads=super()._figures_select(today),
            calls=calls.subselect(),
        )

    @api.model
    def _lead_columns(self):
        """Add the columns that identify the time zone of a customer, for :meth:`_customer_values`."""
        self.env["res.partner"].flush_model(["zip", "leads_zone", "state_id"])
        return super()._lead_columns() | {
            "country_code": SQL("(SELECT code FROM res_country WHERE id = p.country_id)"),
            "state_code": SQL("(SELECT code FROM res_country_state WHERE id = p.state_id)"),
            "zip": SQL("p.zip"),
            "leads_zone": SQL("p.leads_zone"),
        }

    @api.model
    def _customer_values(self, row):
        """Add ``calling``: the periods in the next 24 hours in which calls to the customer are legal."""
        address = Address(*(row.pop(name) or "" for name in ("country_code", "state_code", "zip", "leads_zone")))
        cell = read_cell(row["phone"], address.country)
        number = cell.numbers[0].e164 if cell.numbers else ""
        now = fields.Datetime.now().replace(second=0)
        clocks = self.env["leads.agent.calling.hours"]._clocks(address, number)
        spans = open_windows(clocks, now, now + timedelta(days=1))
        return super()._customer_values(row) | {
            "tz": shown_zone(address, number) or False,
            "calling": [[fields.Datetime.to_string(moment) for moment in span] for span in spans],
            "phone_note": self.env["leads.agent.desk"]._number_sentence(Line(row["phone"] or "", cell)),
        }

    @api.model
    @api.readonly
    @takes(partner_id=given.record_id)
    def get_lead(self, partner_id):
        """Return the details of one customer that a call needs, as far as the user may read them.

        :param int partner_id: the customer, or a contact
        :returns: dict with the customer as in the list of leads, and with ``numbers`` (each with ``dial`` for
            ``leads.agent.call.start``, ``name`` and ``contact``), ``attempts``, ``orders`` and their lines,
            ``history``, ``last_call``, ``callback``, ``script`` (HTML) and ``dispositions``, which for the user's
            running call with the customer say what :func:`preview.outcomes` does; datetimes are UTC strings, amounts
            are formatted, but for the totals of orders
        :raises AccessError: when the customer is out of sight
        :raises UserError: when the customer does not exist
        """
        customer = self._readable_customer(partner_id)

        def first(rows):
            return next(iter(rows), {})

        found = self._read_sections(
            {
                "assignment": Section(self._assignment_select(customer), first),
                "last_call": Section(self._last_call_select(customer), first),
                "cells": Section(self._cells_select(customer), first),
                "callback": Section(self._callbacks_select(Domain("partner_id", "=", customer.id)), first),
                "call": Section(self._own_call_select(customer), first),
            }
        )
        return {
            **self._customers(customer.ids)[customer.id],
            "numbers": self._numbers(customer, found["cells"]["cells"] or ()),
            "assignment_id": found["assignment"].get("id", False),
            "attempts": found["assignment"].get("attempt_count", 0),
            "orders": self._open_orders(customer),
            "history": self._entries(
                self.env["leads.agent.history"].search_fetch([("partner_id", "=", customer.id)], limit=MOST_HISTORY)
            ),
            "last_call": found["last_call"] or False,
            "callback": found["callback"] or False,
            "script": self._script(),
            "dispositions": self._outcomes(found["call"]),
        }

    @api.model
    def _cells_select(self, customer):
        """Select the phone fields of a readable customer and its contacts; these are readable with the customer."""
        return SQL(
            "SELECT n.cells FROM res_partner c CROSS JOIN LATERAL (%s) n WHERE c.id = %s",
            cells_sql(self.env, "c"),
            customer.id,
        )

    @api.model
    def _numbers(self, customer, cells):
        """Return the numbers of a customer, the one that *Call* dials first."""
        return [
            {**number_values(number), "contact": line.contact}
            for line in read_lines(self.env, {customer.id: cells})[customer.id]
            if not line.is_blocked
            for number in line.cell.numbers
        ]

    @api.model
    def _readable_customer(self, partner_id):
        """Return the commercial customer of a contact.

        :raises AccessError: when the user may not read the customer
        :raises UserError: when it does not exist
        """
        Partner = self.env["res.partner"]
        # The search applies the record rules; a second look-up is only needed when nothing is found.
        partner = Partner.search_fetch([("id", "=", partner_id)], ["commercial_partner_id"])
        if not partner:
            Partner.browse(partner_id).exists().check_access("read")
            raise UserError(self.env._("This customer no longer exists."))
        customer = partner.commercial_partner_id
        if customer != partner:
            customer.check_access("read")
        return customer

    @api.model
    def _tomorrow(self):
        """Return the end of the user's day in UTC; until then, callbacks are on the dashboard."""
        return midnight(fields.Datetime.now(), self.env.user.tz or "UTC", 1)

    @api.model
    def _callbacks_until(self, tomorrow):
        """Domain of the callbacks due today, including those postponed because of calling hours."""
        moved = Domain("moved_because", "=", "hours") & Domain("moved_from", "<", tomorrow)
        return Domain("due_at", "<", tomorrow) | moved

    @api.model
    def _callbacks_select(self, domain):
        """Select the open callbacks that the user may keep, the earliest first."""
        Callback = self.env["leads.agent.callback"]
        return SQL(
            """
            SELECT c.id, c.partner_id, p.complete_name AS partner_name, %(due_at)s AS due_at,
                   c.due_at <= %(now)s AS is_due, c.open_at <= %(now)s AS is_missed,
                   c.agent_id IS NOT DISTINCT FROM %(uid)s AS mine, COALESCE(c.note, '') AS note,
                   COALESCE(%(moved_from)s, '') AS moved_from, COALESCE(c.moved_because, '') AS moved_because
              FROM leads_agent_callback c
              JOIN res_partner p ON p.id = c.partner_id
             WHERE c.id IN %(callbacks)s
          ORDER BY c.due_at, c.id
             LIMIT %(limit)s
            """,
            due_at=self._moment(SQL("c.due_at")),
            moved_from=self._moment(SQL("c.moved_from")),
            now=fields.Datetime.now(),
            uid=self.env.uid,
            callbacks=Callback._search(Callback._for_user(self.env.user) & domain).subselect(),
            limit=MOST_CALLBACKS,
        )

    @api.model
    def _day_select(self, today):
        """Select the outcomes and hours of today's calls: a row for each outcome and hour since midnight."""
        # sudo: leads.agent.call - figures of the user's own calls, also with customers who are now out of sight
        Call = self.env["leads.agent.call"].sudo()
        mine = Domain("agent_id", "=", self.env.uid) & Call._counted() & Domain("started_at", ">=", today)
        return SQL(
            """
            SELECT d.id, %(disposition)s AS name, d.is_contact,
                   floor(extract(epoch FROM c.started_at - %(today)s) / 3600)::int AS hour, count(*) AS calls
              FROM leads_agent_call c
              JOIN leads_agent_disposition d ON d.id = c.disposition_id
             WHERE c.id IN %(calls)s
          GROUP BY d.id, hour
            """,
            disposition=self.env["leads.agent.disposition"]._field_to_sql("d", "name"),
            today=today,
            calls=Call._search(mine).subselect(),
        )

    @api.model
    def _day(self, today, rows):
        """Return the day in small charts.

        :returns: dict with ``since`` (midnight), ``outcomes`` (the most frequent first) and ``hours`` (by full hours
            since midnight, from the first to the last with a call)
        """
        outcomes, hours = {}, {}
        for row in rows:
            outcome = outcomes.setdefault(row["id"], {"id": row["id"], "name": row["name"], "calls": 0})
            outcome["calls"] += row["calls"]
            hour = hours.setdefault(row["hour"], {"hour": row["hour"], "calls": 0, "contacts": 0})
            hour["calls"] += row["calls"]
            hour["contacts"] += row["calls"] if row["is_contact"] else 0
        return {
            "since": fields.Datetime.to_string(today),
            "outcomes": sorted(outcomes.values(), key=lambda outcome: (-outcome["calls"], outcome["name"])),
            "hours": [
                hours.get(hour, {"hour": hour, "calls": 0, "contacts": 0})
                for hour in (range(min(hours), max(hours) + 1) if hours else ())
            ],
        }

    @api.model
    def _call_select(self):
        """Select the user's call that has no outcome yet."""
        mine = Domain("agent_id", "=", self.env.uid) & Domain("state", "!=", "done")
        return SQL(
            """
            SELECT c.id, c.partner_id, p.complete_name AS partner_name, COALESCE(c.phone, '') AS phone,
                   %(started_at)s AS started_at, COALESCE(%(ended_at)s, '') AS ended_at, c.state,
                   p.leads_agent_id IS DISTINCT FROM c.agent_id AS is_of_others
              FROM leads_agent_call c
              JOIN res_partner p ON p.id = c.partner_id
             WHERE c.id IN %(calls)s
            """,
            started_at=self._moment(SQL("c.started_at")),
            ended_at=self._moment(SQL("c.ended_at")),
            calls=self.env["leads.agent.call"]._search(mine).subselect(),
        )

    @api.model
    def _own_call_select(self, customer):
        """The call of the user with a customer that has no outcome yet."""
        mine = Domain("agent_id", "=", self.env.uid) & Domain("partner_id", "=", customer.id)
        calls = self.env["leads.agent.call"]._search(mine & Domain("state", "!=", "done"))
        return SQL("SELECT id FROM leads_agent_call WHERE id IN %s", calls.subselect())

    @api.model
    def _outcomes(self, call):
        """What may be chosen as the outcome of a call, that of a row of :meth:`_own_call_select` if there is one."""
        dispositions = self.env["leads.agent.disposition"]._for_calls()
        if not call:
            return dispositions.read(preview.OUTCOME_FIELDS)
        return preview.outcomes(preview.know(self.env["leads.agent.call"].browse(call["id"])), dispositions)

    @api.model
    def _running_call(self, rows):
        """Return the running call, with ``changes``: what other users did with the lead since, as a sentence."""
        if not rows:
            return False
        [call] = rows
        is_of_others = call.pop("is_of_others")
        changes = self.env["leads.agent.call"].browse(call["id"]).what_happened() if is_of_others else ""
        return call | {"changes": changes}

    @api.model
    def _last_call_select(self, customer):
        """Select the note of the latest call with a customer, whoever made it."""
        calls = Domain("partner_id", "=", customer.id) & Domain("state", "=", "done")
        return SQL(
            """
            SELECT %(started_at)s AS started_at, COALESCE(c.note, '') AS note, %(disposition)s AS disposition,
                   (SELECT name FROM res_partner WHERE id = u.partner_id) AS agent
              FROM leads_agent_call c
              JOIN leads_agent_disposition d ON d.id = c.disposition_id
              JOIN res_users u ON u.id = c.agent_id
             WHERE c.id IN %(calls)s
          ORDER BY c.started_at DESC, c.id DESC
             LIMIT 1
            """,
            started_at=self._moment(SQL("c.started_at")),
            disposition=self.env["leads.agent.disposition"]._field_to_sql("d", "name"),
            calls=self.env["leads.agent.call"]._search(calls).subselect(),
        )

    @api.model
    def _assignment_select(self, customer):
        active = Domain("partner_id", "=", customer.id) & Domain("state", "=", "active")
        return SQL(
            "SELECT id, COALESCE(attempt_count, 0) AS attempt_count FROM leads_agent_assignment WHERE id IN %s",
            self.env["leads.agent.assignment"]._search(active).subselect(),
        )

    @staticmethod
    def _moment(column):
        """Format a datetime column like the ORM."""
        return SQL("to_char(%s, 'YYYY-MM-DD HH24:MI:SS')", column)

    @api.model
    def _open_orders(self, customer):
        """Return the newest quotations of a customer that the user may read, with their lines."""
        Order = self.env["sale.order"]
        query = newest.partial_query(self.env, SQL("%s", customer.id))
        query.limit = MOST_ORDERS
        orders = Order._fetch_query(query, [Order._fields[name] for name in ORDER_COLUMNS])
        lines = self.env["sale.order.line"].search_fetch(
            Domain("order_id", "in", orders.ids) & Domain("display_type", "=", False),
            ["order_id", "name", "product_uom_qty", "price_unit", "price_subtotal"],
            order="order_id, sequence, id",
        )
        lines_of = lines.grouped("order_id")
        rows = [
            {name: order[name] for name in ORDER_COLUMNS} | {"currency_id": order.currency_id.id} for order in orders
        ]
        return [
            values | {"lines": [self._line_values(line) for line in lines_of.get(order, ())]}
            for order, values in zip(orders, self._order_values(rows), strict=True)
        ]

    @api.model
    def _line_values(self, line):
        """The first line of the description is the name of the product."""
        currency = line.order_id.currency_id
        return {
            "id": line.id,
            "name": (line.name or "").partition("\n")[0],
            "quantity": line.product_uom_qty,
            "unit_price": format_amount(self.env, line.price_unit, currency),
            "subtotal": format_amount(self.env, line.price_subtotal, currency),
        }

    @api.model
    def _script(self):
        # sudo: crm.team - the script of the user's call center, written for its agents
        return self.env.user.sudo().sale_team_id.leads_script or ""
