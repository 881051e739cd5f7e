from datetime import timedelta
from itertools import product

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.demo.leads_agent_demo import DESK_ZONE, Story, read_table

from .. import promising
from ..models.leads_agent_calling_hours import DAYS

OPEN_SOURCE = "Demo: open at any hour, so that you can try it; no law says so"

# Words in the notes that identify an outcome.
OUTCOMES = {
    "disposition_voicemail": ("voicemail", "mailbox", "message"),
    "disposition_busy": ("busy", "engaged"),
}


class LeadsAgentDemo(models.AbstractModel):
    """The calls of the demo data.

    ``events.csv`` says who called whom or agreed on a callback, and when, like the file of ``leads_agent``. The leads
    have already been played: a call belongs to the assignment that its agent had at that time.
    """

    _inherit = "leads.agent.demo"

    @api.model
    def _open_hours(self):
        """Let the customers of the demo be called whenever somebody looks at it: at night and on Sundays too.

        Places where none of them is keep the hours of their law.
        """
        Hours = self.env["leads.agent.calling.hours"]
        shipped_rows = Hours.search([])  # pylint: disable=no-search-all
        rows_of = shipped_rows.grouped(lambda row: (row.country_id, row.state_id, row.days))
        shipped = {key[:2] for key in rows_of}
        anywhere = (self.env["res.country"], self.env["res.country.state"])
        places = {anywhere}
        for customer in Story.customers(self.env):
            country, state = customer.country_id, customer.state_id
            candidates = ((country, state), (country, anywhere[1]), anywhere)
            places.add(next(place for place in candidates if place in shipped))
        for (country, state), (days, _label) in product(places, DAYS):
            place = {"country_id": country.id, "state_id": state.id, "days": days}
            rows = rows_of.get((country, state, days)) or Hours.create(place)
            rows[1:].unlink()
            rows[0].write({"hour_from": 0, "hour_to": 24, "source": OPEN_SOURCE})

    @api.model
    def _load_calls(self):
        """Create the calls, unless there are any already, as in an upgraded database."""
        if self.env["leads.agent.call"].search_count([], limit=1):
            return
        story = Calls(self.env(context={**self.env.context, "tracking_disable": True, "mail_notify_force_send": False}))
        events = [(story.clock.moment(row["when"]), row) for row in read_table("events.csv", "leads_agent_call")]
        try:
            for at, row in sorted(events, key=lambda event: event[0]):
                story.play(at, row["by"], row["event"], row["subject"], row["value"], row["text"])
        finally:
            self.env.cr.precommit.data.get("bus.bus.values", []).clear()


class Calls(Story):
    """Plays the events of calls; leads, orders and messages already exist."""

    def __init__(self, env):
        super().__init__(env)
        self.orders = {name: self._demo("order", name.removeprefix("order_")) for name in self.specs}

    def play(self, at, by, event, subject, value, text):
        if event == "called":
            self._call(at, by, subject, value, text)
        else:
            self._promise(by, subject, minutes=int(value), note=text)

    def _call(self, at, by, subject, kind, note):
        """Create a finished call directly: starting one would check the calling hours of today."""
        customer = self._document(subject)
        customer = customer.partner_id if customer._name == "sale.order" else customer
        customer = customer.commercial_partner_id
        held = self.env["leads.agent.assignment"].search(
            Domain("partner_id", "=", customer.id)
            & Domain("assigned_at", "<=", at)
            & (Domain("ended_at", "=", False) | Domain("ended_at", ">=", at))
        )
        assignment = held.filtered(lambda lead: lead.agent_id == self.users[by])[:1]
        disposition = self.env.ref(f"leads_agent.{self._outcome_of(kind, note)}")
        minutes = 3 + len(note) % 12 if disposition.is_contact else 1
        zone = customer.tz or DESK_ZONE
        call = self.env["leads.agent.call"].create(
            {
                "partner_id": customer.id,
                "agent_id": self.users[by].id,
                "team_id": self.users[by].sale_team_id.id,
                "company_id": self.env.company.id,
                "assignment_id": assignment.id,
                "order_id": customer.sale_order_ids.filtered(lambda order: order.create_date <= at)
                .sorted("date_order")[-1:]
                .id,
                "phone": customer.phone,
                "state": "done",
                "started_at": at,
                "ended_at": at + timedelta(minutes=minutes),
                "duration": minutes / 60,
                "local_hour": pytz.utc.localize(at).astimezone(pytz.timezone(zone)).hour,
                "disposition_id": disposition.id,
                "is_contact": int(disposition.is_contact),
                "is_sale": int(kind == "Closing call"),
                "note": note,
            }
        )
        if held:
            History = self.env["leads.agent.history"]
            History._record([History._call_values(call)])
        if assignment:
            assignment.write(
                {
                    "attempt_count": 0 if disposition.is_contact else assignment.attempt_count + 1,
                    "first_call_at": assignment.first_call_at or at,
                    "hours_to_call": assignment.hours_to_call or (at - assignment.assigned_at).total_seconds() / 3600,
                    "next_call_at": disposition.retry_minutes and at + timedelta(minutes=disposition.retry_minutes),
                }
            )

    @staticmethod
    def _outcome_of(kind, note):
        """Return the disposition that matches the note of a call."""
        if kind == "Closing call":
            return "disposition_sale"
        if kind != "Call attempt":
            return "disposition_interested"
        for outcome, words in OUTCOMES.items():
            if any(word in note.lower() for word in words):
                return outcome
        return "disposition_no_answer"

    def _promise(self, by, subject, minutes, note):
        """Create a callback due this many minutes from now; negative for the past."""
        customer = self._demo("customer", subject)
        callback = (
            self.env["leads.agent.callback"]
            .with_user(self.users[by])
            .sudo()
            .create(
                {
                    "partner_id": customer.id,
                    "agent_id": self.users[by].id,
                    "due_at": promising.propose(self.env, customer, 60)[0],
                    "zone": customer.tz or DESK_ZONE,
                    "note": note,
                }
            )
        )
        # The ORM refuses a callback in the past.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_callback
                   SET due_at = %(due)s, open_at = open_at + (%(due)s - due_at),
                       create_date = %(due)s - interval '1 day'
                 WHERE id = %(id)s
                """,
                due=self.clock.now + timedelta(minutes=minutes),
                id=callback.id,
            )
        )
        callback.invalidate_recordset(flush=False)
