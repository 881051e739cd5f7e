import csv
from datetime import date, datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import Command, api, models
from odoo.tools import SQL, file_open

from ..assigning import Assigning, Request, Terms

DESK_ZONE = "Europe/Brussels"
AGENTS = ("anna", "ben", "chloe", "david")
MANAGERS = ("morgan", "sofia")
QUOTATION_DAYS = 21
# How far back the events of today reach.
WORKDAY = timedelta(hours=8)

# When something happened, by model: columns that follow the clock of the story.
STAMPS = {
    "sale.order": ("create_date", "write_date", "date_order"),
    "mail.message": ("date", "create_date", "write_date"),
    "mail.activity": ("create_date", "write_date"),
    "leads.agent.batch.assign": ("executed_at", "create_date", "write_date"),
    "leads.agent.assignment": (
        "assigned_at",
        "ended_at",
        "last_event_at",
        "last_contact_at",
        "create_date",
        "write_date",
    ),
    "leads.agent.history": ("at",),
}
# Moments that lie a while after another one of the same row.
EXPIRIES = {
    "sale.order": ("leads_completed_until", "date_order"),
    "leads.agent.assignment": ("visible_until", "ended_at"),
}


class LeadsAgentDemo(models.AbstractModel):
    """The story of the demo data: six weeks of two call centers, relative to today.

    ``orders.csv`` says what the orders are: customer, call center, origin, lines as ``product:quantity[@discount]``.
    ``events.csv`` says what happened: when (see :class:`Clock`), by whom (a login, ``web``, or a contact of the
    customer), which event, on which order or customer, with a value (agent, disposition, kind of activity and its day)
    and a text. Names are XML ids of the demo data without ``demo_`` and their kind.

    The events are executed in order through the methods that users call, so that stored holders, history,
    notices and logs are consistent; after each event, its datetimes are moved to the time of the
    story. Loaded once, by a demo file. Nothing else calls it.
    """

    _name = "leads.agent.demo"
    _description = "Leads Agent Demo Data"

    @api.model
    def _load_demo(self):
        """Play the story, unless it has been played."""
        if self.env.ref("leads_agent.demo_order_001", raise_if_not_found=False):
            return
        story = Story(self.env(context={**self.env.context, "tracking_disable": True, "mail_notify_force_send": False}))
        events = [(story.clock.moment(row["when"]), row) for row in read_table("events.csv")]
        try:
            for at, row in sorted(events, key=lambda event: event[0]):
                story.play(at, row["by"], row["event"], row["subject"], row["value"], row["text"])
            story.finish()
        finally:
            # No client waits for these notifications; and if the demo data is rolled back, so are their users.
            self.env.cr.precommit.data.get("bus.bus.values", []).clear()


class Clock:
    """Converts the times of the table to UTC.

    :param now: naive UTC

    A moment is ``<working days ago> <HH:MM>`` at the desk, or ``-<minutes ago>`` for today. The minutes shrink when
    the day is young, so that what happened today did not happen yesterday:

    >>> clock = Clock(datetime(2026, 3, 3, 15, 0))
    >>> clock.moment("1 09:30"), clock.moment("2 09:30")
    (datetime.datetime(2026, 3, 2, 8, 30), datetime.datetime(2026, 2, 27, 8, 30))
    >>> clock.moment("-60")
    datetime.datetime(2026, 3, 3, 14, 0)
    >>> Clock(datetime(2026, 3, 3, 0, 30)).moment("-480")
    datetime.datetime(2026, 3, 3, 0, 0)
    """

    def __init__(self, now: datetime):
        self.now = now
        self.zone = pytz.timezone(DESK_ZONE)
        self.today = pytz.utc.localize(now).astimezone(self.zone).date()
        midnights = [self._midnight(pytz.timezone(name)) for name in (DESK_ZONE, "Europe/London", "UTC")]
        self.opened = max(now - WORKDAY, *midnights)

    def _midnight(self, zone) -> datetime:
        local = pytz.utc.localize(self.now).astimezone(zone)
        return self._utc(zone, local.date(), time.min)

    @staticmethod
    def _utc(zone, day: date, at: time) -> datetime:
        return zone.localize(datetime.combine(day, at)).astimezone(pytz.utc).replace(tzinfo=None)

    def working_day(self, ago: int) -> date:
        day = self.today
        while ago:
            day -= timedelta(days=1)
            ago -= day.weekday() < 5
        return day

    def moment(self, when: str) -> datetime:
        days, _space, clock_time = when.partition(" ")
        if clock_time:
            return self._utc(self.zone, self.working_day(int(days)), time.fromisoformat(clock_time))
        share = -int(when) / (WORKDAY / timedelta(minutes=1))
        return (self.now - share * (self.now - self.opened)).replace(microsecond=0)


class Story:
    """The records named in the tables, and how to execute each kind of event."""

    def __init__(self, env):
        self.env = env
        self.started = env.cr.now().replace(microsecond=0)
        self.clock = Clock(self.started - timedelta(seconds=1))
        self.dating = self._dating_statement()
        self.first_message_id = self._highest_id("mail.message") + 1
        self.specs = {row["order"]: row for row in read_table("orders.csv")}
        self.orders = {}
        self.users = {login: self._demo("user", login) for login in AGENTS + MANAGERS}
        self.users |= {"admin": env.ref("base.user_admin"), "web": env.ref("base.user_root")}

    @staticmethod
    def customers(env):
        """The customers of the story, their contacts included."""
        ids = env["ir.model.data"].search(
            [("module", "=", "leads_agent"), ("name", "=like", "demo\\_customer\\_%"), ("model", "=", "res.partner")]
        )
        return env["res.partner"].browse(ids.mapped("res_id"))

    def _highest_id(self, model):
        table = SQL.identifier(self.env[model]._table)
        [[highest]] = self.env.execute_query(SQL("SELECT COALESCE(max(id), 0) FROM %s", table))
        return highest

    def _demo(self, kind, name):
        return self.env.ref(f"leads_agent.demo_{kind}_{name}")

    def _as(self, by, records):
        """Return the records as the acting user; elevated, because bridges that complete the rights load later."""
        return records.with_user(self.users[by]).sudo()

    def _document(self, subject):
        return self.orders[subject] if subject in self.orders else self._demo("customer", subject)

    def _held(self, customer):
        domain = [("partner_id", "=", self._demo("customer", customer).id), ("state", "=", "active")]
        return self.env["leads.agent.assignment"].search(domain)

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def play(self, at, by, event, subject, value, text):
        """Execute one event, and date it back."""
        match event:
            case "ordered":
                self._order(at, by, subject)
            case "sent":
                self._as(by, self.orders[subject]).write({"state": "sent"})
            case "confirmed":
                self._as(by, self.orders[subject]).action_confirm()
            case "cancelled":
                self._as(by, self.orders[subject]).action_cancel()
            case "assigned" | "reassigned" | "imported" | "entered":
                self._assign(by, event, subject, agent=value, reason=text)
            case "batch":
                self._batch(by, subject.split(), agent=value, reassign=text == "reassign")
            case "unassigned":
                self._held(subject).with_user(self.users[by]).action_unassign()
            case "resolved":
                self._resolve(by, subject, disposition=value, note=text)
            case "did":
                activity = self._plan(by, subject, "todo", text, at.date())
                activity.action_feedback()
                activity.sudo().date_done = at.date()
            case "planned":
                kind, days = value.split()
                self._plan(by, subject, kind, text, self.clock.today + timedelta(days=int(days)))
            case "noted" | "wrote":
                self._post(by, event, subject, text)
            case _:
                raise ValueError(f"No such event in the demo data: {event}")
        self._date_back(at)

    def _order(self, at, by, name):
        spec = self.specs[name]
        vals = {
            "partner_id": self._demo("customer", spec["customer"]).id,
            "origin": spec["origin"],
            "validity_date": at.date() + timedelta(days=QUOTATION_DAYS),
            "order_line": [self._line(line) for line in spec["lines"].split()],
        }
        if by not in AGENTS:
            vals["team_id"] = self._demo("call_center", spec["call_center"]).id
            vals["user_id"] = self.users[by].id if by == "admin" else False
        order = self._as(by, self.env["sale.order"]).create(vals).with_env(self.env)
        self.orders[name] = order
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"leads_agent.demo_{name}", "record": order, "noupdate": True}]
        )

    def _line(self, line):
        """Return the command for ``product:quantity[@discount]``."""
        product, _colon, amount = line.partition(":")
        quantity, _at, discount = amount.partition("@")
        vals = {
            "product_id": self._demo("product", product).id,
            "product_uom_qty": int(quantity),
            # Set explicitly, because searching for a distribution model is the slowest part of a line.
            "analytic_distribution": False,
        }
        return Command.create({**vals, "discount": float(discount)} if discount else vals)

    def _assign(self, by, event, customer, agent, reason):
        source = {"imported": "import", "entered": "order_entry"}.get(event, "manual")
        # sudo: leads.agent.assignment - the demo acts for users, agents included
        env = self.env["leads.agent.assignment"].with_user(self.users[by]).sudo().env
        assigning = Assigning(env, Terms(source, reassign=event == "reassigned"))
        [result] = assigning.run([Request(self._demo("customer", customer).id, self.users[agent].id, reason)])
        if result.result != "assigned":
            raise ValueError(f"Demo data, {customer}: {result.reason}")

    def _batch(self, by, orders, agent, reassign):
        self.env["leads.agent.batch.assign"].with_user(self.users[by]).create(
            {
                "agent_id": self.users[agent].id,
                "reassign": reassign,
                "selected_order_ids": [self.orders[name].id for name in orders],
            }
        ).action_assign()

    def _resolve(self, by, customer, disposition, note):
        self.env["leads.agent.resolve"].with_user(self.users[by]).create(
            {
                "assignment_id": self._held(customer).id,
                "disposition_id": self.env.ref(f"leads_agent.{disposition}").id,
                "note": note,
            }
        ).action_resolve()

    def _plan(self, by, subject, kind, summary, deadline):
        document = self._document(subject)
        return self._as(by, self.env["mail.activity"]).create(
            {
                "res_model_id": self.env["ir.model"]._get_id(document._name),
                "res_id": document.id,
                "activity_type_id": self.env.ref(f"mail.mail_activity_data_{kind}").id,
                "summary": summary,
                "date_deadline": deadline,
                "user_id": self.users[by].id,
            }
        )

    def _post(self, by, event, subject, text):
        """Create a note, a message to the customer, or one from the customer when a contact writes.

        The message is created directly, because posting would mail the followers.
        """
        document = self._document(subject)
        if order := self.orders.get(subject):
            text = text.replace("{order}", order.name)
        customer = by not in self.users
        author = self._demo("customer", by) if customer else self.users[by].partner_id
        kind = "email" if customer else "email_outgoing" if event == "wrote" else "comment"
        self._as("web" if customer else by, self.env["mail.message"]).create(
            {
                "model": document._name,
                "res_id": document.id,
                "message_type": kind,
                "subtype_id": self.env.ref("mail.mt_note" if event == "noted" else "mail.mt_comment").id,
                "is_internal": event == "noted",
                "author_id": author.id,
                "email_from": author.email_formatted,
                "body": Markup("<p>%s</p>") % text,
            }
        )

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def _date_back(self, at):
        """Move every datetime since the demo started loading to ``at``, on records of the demo only."""
        self.env.flush_all()
        self.env.cr.execute(self.dating, {"at": at, "started": self.started})
        for model, moved in zip(STAMPS, self.env.cr.fetchone(), strict=True):
            if moved:
                self.env[model].invalidate_model(flush=False)

    def _dating_statement(self):
        """Return one statement that dates back all tables and counts; names are ours, datetimes are parameters."""
        updates = [f"moved_{number} AS ({self._dating_update(model)})" for number, model in enumerate(STAMPS)]
        counts = [f"(SELECT count(*) FROM moved_{number})" for number in range(len(STAMPS))]
        return f"WITH {', '.join(updates)} SELECT {', '.join(counts)}"

    def _dating_update(self, model):
        columns = STAMPS[model]
        moved = [f"{name} = CASE WHEN {name} >= %(started)s THEN %(at)s ELSE {name} END" for name in columns]
        if model in EXPIRIES:
            until, since = EXPIRIES[model]
            moved.append(
                f"{until} = CASE WHEN {since} >= %(started)s THEN {until} - ({since} - %(at)s) ELSE {until} END"
            )
        return (
            f"UPDATE {self.env[model]._table} SET {', '.join(moved)} WHERE id > {self._highest_id(model)}"
            f" AND GREATEST({', '.join(columns)}) >= %(started)s RETURNING 1"
        )

    def finish(self):
        """Mark notices to the agents before today as read."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_notification n SET is_read = TRUE, read_date = m.date
                  FROM mail_message m
                 WHERE m.id = n.mail_message_id AND m.id >= %s AND m.date < %s
                """,
                self.first_message_id,
                self.clock.opened,
            )
        )
        self.env.invalidate_all(flush=False)


def read_table(name, addon="leads_agent"):
    """Return the rows of a table of the demo data."""
    with file_open(f"{addon}/demo/{name}") as file:
        return list(csv.DictReader(file))
