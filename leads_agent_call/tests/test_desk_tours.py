from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tools.moments import to_local

from .desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestDeskTours(DeskCommon, HttpCase):
    """A day at the call desk, in a browser. The steps are in `static/tests/tours/desk_tours.js`."""

    def setUp(self):
        super().setUp()
        # Another user acts through a deprecated RPC entry point of Odoo; refusals of the agent are logged.
        self.enterContext(mute_logger("odoo.addons.rpc.controllers.jsonrpc", "odoo.http"))

    def test_a_callback_that_moved_because_of_the_hours(self):
        """A callback is due outside calling hours; the agent sees when it is due now."""
        tomorrow = fields.Date.today() + timedelta(days=1)
        callback = self._callback(day=tomorrow.isoformat())
        callback.flush_recordset()
        self.env.cr.execute(
            "UPDATE leads_agent_callback SET due_at = %s, promised_at = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(minutes=1)] * 2 + [callback.id],
        )
        callback.invalidate_recordset()
        promised = callback.due_at
        hour = to_local(promised, "Europe/Brussels").hour
        opening = hour + 2 if hour < 21 else 1
        self._only_open(opening, opening + 1, self.belgium)
        self.env.ref("leads_agent_call.cron_callbacks").method_direct_trigger()
        self.env.invalidate_all()
        self.assertGreater(callback.due_at, promised)
        self.assertEqual((callback.moved_from, callback.promised_at), (promised, promised))

        self.start_tour("/odoo/leads-agent", "leads_agent_callback_moved", login="agent_anna")

    def test_a_lead_taken_away_during_the_call(self):
        """A manager unassigns the lead while the agent is on the phone: the pane shows it immediately."""
        self.start_tour("/odoo/leads-agent", "leads_agent_taken_in_call", login="agent_anna")

        call = self.env["leads.agent.call"].search([("agent_id", "=", self.agent.id)])
        self.assertRecordValues(
            call,
            [
                {
                    "partner_id": self.customer.id,
                    "state": "done",
                    "disposition_id": self.no_answer.id,
                    "note": "Rang for a while",
                }
            ],
        )
        self.assertEqual((self.assignment.state, self.assignment.ended_by_id), ("unassigned", self.manager))
        self.assertFalse(self.customer.leads_agent_id)

    def test_one_click_and_undo(self):
        self.browser_size = "1280x800"
        self.start_tour("/odoo/leads-agent", "leads_agent_undo_outcome", login="agent_anna")
        calls = self.env["leads.agent.call"].search([("agent_id", "=", self.agent.id)])
        self.assertRecordValues(
            calls, [{"state": "done", "disposition_id": self.agreed.id, "note": "Picked up after all", "is_contact": 1}]
        )
        self.assertEqual((self.assignment.attempt_count, self.assignment.next_call_at), (0, False))

    def test_an_outcome_logged_by_somebody_else_during_the_call(self):
        """A salesperson confirms the quotation while the agent is on the phone: the desk shows it immediately."""
        self.start_tour("/odoo/leads-agent", "leads_agent_sold_in_call", login="agent_anna")
        call = self.env["leads.agent.call"].search([("agent_id", "=", self.agent.id)])
        sale = self.env.ref("leads_agent.disposition_sale")
        self.assertRecordValues(
            call, [{"state": "done", "disposition_id": sale.id, "is_sale": 1, "closed_by_id": self.salesperson.id}]
        )
        self.assertEqual((self.assignment.state, self.assignment.end_reason), ("resolved", "sale"))

    def test_the_moon_means_the_calling_hours_in_force(self):
        """Two customers in one time zone: one country has no calling hours, the other has all hours of every day."""
        france = self.env.ref("base.fr")
        other = self._callable("Quayside Books")
        other.write({"country_id": france.id, "phone": "+33 1 42 68 53 00"})
        self._assign(other)
        self.env["leads.agent.calling.hours"].create(
            [
                {"country_id": france.id, "days": days, "hour_from": 0, "hour_to": 24}
                for days in ("weekdays", "saturday", "sunday")
            ]
        )
        is_weekend = to_local(fields.Datetime.now(), "Europe/Brussels").weekday() >= 5
        self._only_open(8, 20, self.belgium).days = "weekdays" if is_weekend else "sunday"
        self.start_tour("/odoo/leads-agent", "leads_agent_moon", login="agent_anna")

    def test_of_two_numbers_the_agent_chooses(self):
        self.customer.phone = "03 227 01 02 / 0475 55 01 03"
        self.start_tour("/odoo/leads-agent", "leads_agent_choose_number", login="agent_anna")
        call = self.env["leads.agent.call"].search([("agent_id", "=", self.agent.id)])
        self.assertEqual((call.phone, call.disposition_id.name), ("+32 475 55 01 03", "Busy"))

    def test_a_time_zone_is_confirmed_once(self):
        self.customer.write({"country_id": False, "phone": "+1 800-356-9377"})
        self.env["leads.agent.calling.hours"].create(
            [{"days": days, "hour_from": 0, "hour_to": 24} for days in ("weekdays", "saturday", "sunday")]
        )
        self.start_tour("/odoo/leads-agent", "leads_agent_confirm_zone", login="agent_anna")
        self.assertEqual(self.customer.leads_zone, "America/Chicago")
        self.assertEqual(len(self.env["leads.agent.call"].search([("partner_id", "=", self.customer.id)])), 1)

    def test_a_working_day_from_the_callback_to_nobody_left(self):
        """A due callback is called and rescheduled, a customer buys during the call, and one opts out."""
        self.env.company.leads_agent_most_callbacks = 0
        lighthouse, bakery = self._callable("Lighthouse Inn"), self._callable("Old Bakery")
        sold, blocked = self._assign(lighthouse), self._assign(bakery)
        # The higher amount is called first.
        lighthouse.sale_order_ids.order_line.product_uom_qty = 20
        tomorrow = fields.Date.today() + timedelta(days=1)
        callback = self._callback(day=tomorrow.isoformat())
        now = fields.Datetime.now()
        callback.flush_recordset()
        # In SQL: a callback in the past is refused.
        self.env.cr.execute(
            "UPDATE leads_agent_callback SET due_at = %s, open_at = %s, told_at = %s WHERE id = %s",
            [now - timedelta(minutes=5), now + timedelta(minutes=10), now, callback.id],
        )
        callback.invalidate_recordset()

        self.start_tour("/odoo/leads-agent", "leads_agent_working_day", login="agent_anna")

        calls = self.env["leads.agent.call"].search([("agent_id", "=", self.agent.id)], order="id")
        sale = self.env.ref("leads_agent.disposition_sale")
        do_not_call = self.env.ref("leads_agent.disposition_do_not_call")
        self.assertRecordValues(
            calls,
            [
                {"partner_id": self.customer.id, "disposition_id": self.agreed.id, "callback_id": False, "is_sale": 0},
                {
                    "partner_id": self.customer.id,
                    "disposition_id": self.agreed.id,
                    "callback_id": callback.id,
                    "is_sale": 0,
                },
                {"partner_id": lighthouse.id, "disposition_id": sale.id, "callback_id": False, "is_sale": 1},
                {"partner_id": bakery.id, "disposition_id": do_not_call.id, "callback_id": False, "is_sale": 0},
            ],
        )
        self.assertEqual(calls[1].note, "Wants a price for two")
        self.assertEqual(callback.state, "done")
        promised = self.env["leads.agent.callback"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "open")]
        )
        self.assertGreater(promised.due_at, now)
        self.assertEqual(self.assignment.state, "active")
        self.assertEqual((sold.state, sold.end_reason), ("resolved", "sale"))
        self.assertEqual(lighthouse.sale_order_ids.state, "sale")
        self.assertEqual((blocked.state, blocked.disposition_id), ("resolved", do_not_call))
