from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestDeskPane(DeskCommon):
    """The data for the call desk of the dashboard."""

    def _lead_data(self, customer=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.dashboard"].with_user(user or self.agent).get_lead((customer or self.customer).id)

    def _data(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.dashboard"].with_user(user or self.agent).get_data()

    # ------------------------------------------------------------------
    # The lead
    # ------------------------------------------------------------------

    def test_quotations_with_lines_and_amounts(self):
        order = self.customer.sale_order_ids
        order.validity_date = fields.Date.today() - timedelta(days=1)
        order.order_line.name = "Espresso machine\nTwo groups"
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Extras"}),
            Command.create({"product_id": self.product.id, "product_uom_qty": 1.5, "price_unit": 10}),
            Command.create({"display_type": "line_note", "name": "Delivered in May"}),
        ]
        self._order(self.customer, "sale")
        [quotation] = self._lead_data()["orders"]
        self.assertEqual((quotation["id"], quotation["name"]), (order.id, order.name))
        self.assertEqual((quotation["amount_total"], quotation["currency_id"]), (1015.0, order.currency_id.id))
        self.assertTrue(quotation["expired"])
        self.assertEqual(
            [(line["name"], line["quantity"]) for line in quotation["lines"]],
            [("Espresso machine", 2.0), ("Espresso machine", 1.5)],
        )
        self.assertIn("500.00", quotation["lines"][0]["unit_price"])
        self.assertIn("1,000.00", quotation["lines"][0]["subtotal"])
        self.assertIn("15.00", quotation["lines"][1]["subtotal"])

    def test_what_was_said_last_and_how_often_in_vain(self):
        self._finish(self.disposition_keeping(), note="Wants a second grinder")
        self.assignment.next_call_at = False
        self._finish(self.no_answer)
        data = self._lead_data()
        self.assertEqual((data["attempts"], data["assignment_id"]), (1, self.assignment.id))
        self.assertEqual((data["last_call"]["disposition"], data["last_call"]["note"]), ("No answer", ""))
        self.assertEqual(data["last_call"]["agent"], "Agent Anna")
        self.assertIn("Wants a second grinder", " ".join(row["summary"] for row in data["history"]))
        self.assertLessEqual(len(data["history"]), 5)

    def disposition_keeping(self):
        return self._disposition(name="Thinks about it", fate="keep")

    def test_customer_clock_callback_and_script(self):
        self.call_center.leads_script = "<p>Say <b>hello</b>.</p>"
        callback = self._callback()
        data = self._lead_data()
        self.assertEqual((data["name"], data["phone"]), (self.customer.name, self.customer.phone))
        self.assertEqual((data["tz"], data["country"]), ("Europe/Brussels", "Belgium"))
        self.assertEqual((data["callback"]["id"], data["callback"]["mine"]), (callback.id, True))
        self.assertEqual(data["callback"]["due_at"], "2026-11-26 13:30:00")
        self.assertEqual(str(data["script"]), "<p>Say <b>hello</b>.</p>")

    def test_a_contact_leads_to_the_company(self):
        joan = self.env["res.partner"].create({"name": "Joan", "parent_id": self.customer.id})
        self.assertEqual(self._lead_data(joan)["partner_id"], self.customer.id)

    def test_dispositions_of_the_call_center_and_not_the_sale(self):
        own = self._disposition(team_ids=self.call_center.ids)
        south = self.env["crm.team"].create({"name": "Call Center South"})
        foreign = self._disposition(team_ids=south.ids)
        offered = {row["id"]: row for row in self._lead_data()["dispositions"]}
        self.assertIn(own.id, offered)
        self.assertNotIn(foreign.id, offered)
        self.assertNotIn(self.env.ref("leads_agent.disposition_sale").id, offered)
        self.assertTrue(offered[self.agreed.id]["asks_callback"])
        self.assertFalse(offered[self.no_answer.id]["is_contact"])
        south.user_id = self.agent
        self.assertIn(foreign.id, {row["id"] for row in self._lead_data()["dispositions"]})

    def test_a_customer_out_of_sight_is_refused(self):
        self.env.company.leads_agent_lock_assigned = True
        self.assertTrue(self._lead_data())
        for user in (self.other_agent, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._lead_data(user=user)

    def test_what_is_no_customer_is_refused_in_a_sentence(self):
        Dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
        gone = self._customer("Gone")
        gone.unlink()
        for bad in (False, True, None, "x", 0, -1, 1.5, 2**31, [1], {}, gone.id):
            with self.subTest(bad), self.assertRaises(UserError) as caught:
                Dashboard.get_lead(bad)
            self.assertNotIsInstance(caught.exception, AccessError)

    def test_it_reads_only(self):
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        self.assertTrue(self._lead_data()["orders"])
        self.assertTrue(self._data()["user"]["is_caller"])
        savepoint.close(rollback=True)

    def test_it_costs_at_most_14_queries_whatever_there_is(self):
        """Two more with stock."""
        most = 16 if "stock.quant" in self.env else 14
        costs = []
        for count in (0, 8, 30):
            for _nr in range(count):
                self._order(self.customer)
                self.customer.message_post(body="Rang", subtype_xmlid="mail.mt_note")
            # As the web client: with the user's language.
            dashboard = self.env["leads.agent.dashboard"].with_user(self.agent).with_context(lang="en_US")
            dashboard.get_lead(self.customer.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data = dashboard.get_lead(self.customer.id)
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(data["orders"]), min(5, 1 + count))
        self.assertLessEqual(max(costs), most, costs)

    # ------------------------------------------------------------------
    # The dashboard
    # ------------------------------------------------------------------

    def test_callbacks_of_today_and_of_whom(self):
        def shown(user=None):
            return [(row["partner_name"], row["is_due"], row["is_missed"]) for row in self._data(user)["callbacks"]]

        self._callback(day="2026-11-25", hour=16)
        tomorrow = self._callable("Tomorrow Bakery")
        self._assign(tomorrow)
        self._callback(tomorrow)
        self.assertEqual(shown(), [("Harbour Café", False, False)])
        self.assertFalse(shown(self.other_agent))
        self.assertFalse(shown(self.manager), "managers who hold no leads keep no promises")
        with freeze_time("2026-11-25 15:05:00"):
            self.assertEqual(shown(), [("Harbour Café", True, False)])
        with freeze_time("2026-11-25 21:00:00"):
            self.assertEqual(shown(), [("Harbour Café", True, True)])
            [row] = self._data(self.other_agent)["callbacks"]
            self.assertEqual((row["partner_name"], row["mine"]), ("Harbour Café", False), "open to the call center")
            self.env.company.leads_agent_lock_assigned = True
            self.assertFalse(shown(self.other_agent), "the lock hides the customer")

    def test_the_day_in_small_charts(self):
        self.agent.tz = "Europe/Brussels"
        self.assertEqual(self._data()["day"]["hours"], [])
        for moment, disposition in (
            ("2026-11-24 22:59:00", self.no_answer),  # yesterday in Brussels
            ("2026-11-25 08:10:00", self.no_answer),
            ("2026-11-25 08:50:00", self.agreed),
            ("2026-11-25 10:20:00", self.no_answer),
        ):
            with freeze_time(moment):
                self._finish(disposition)
        day = self._data()["day"]
        self.assertEqual(day["since"], "2026-11-24 23:00:00")
        self.assertEqual(
            [(row["hour"], row["calls"], row["contacts"]) for row in day["hours"]], [(9, 2, 1), (10, 0, 0), (11, 1, 0)]
        )
        self.assertEqual(
            [(row["name"], row["calls"]) for row in day["outcomes"]], [("No answer", 2), ("Callback agreed", 1)]
        )

    def test_the_running_call_and_the_figures_of_today(self):
        self.assertIs(self._data()["call"], False)
        call = self._start()
        running = self._data()["call"]
        self.assertEqual((running["id"], running["state"]), (call.id, "talking"))
        self.assertEqual((running["partner_name"], running["phone"]), ("Harbour Café", self.customer.phone))
        self.assertEqual(running["started_at"], WORKDAY)
        with freeze_time("2026-11-25 10:30:00"):
            call.hang_up()
            self.assertEqual(self._data()["call"]["state"], "wrap_up")
            call.finish(self.disposition.id)
            data = self._data()
            self.assertIs(data["call"], False)
            figures = data["figures"]
            self.assertEqual((figures["calls_today"], figures["contacts_today"]), (1, 1))
            self.assertAlmostEqual(figures["talk_hours_today"], 0.5)
            self.assertEqual(self._data(self.other_agent)["figures"]["calls_today"], 0)
        with freeze_time("2026-11-26 10:00:00"):
            self.assertEqual(self._data()["figures"]["calls_today"], 0)
