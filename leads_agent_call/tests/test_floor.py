from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestFloor(DeskCommon):
    """What managers see of all agents, and the breaks of agents."""

    def setUp(self):
        super().setUp()
        self._sign_in(self.agent | self.other_agent)

    def _sign_in(self, users, status="online"):
        """What the browser of a signed-in user reports every minute."""
        for user in users:
            presence = self.env["mail.presence"].search([("user_id", "=", user.id)])
            vals = {"status": status, "last_poll": fields.Datetime.now()}
            presence.write(vals) if presence else presence.create({"user_id": user.id, **vals})

    def _floor(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.floor"].with_user(user or self.manager).get_data()

    def _row(self, agent=None):
        [row] = [row for row in self._floor()["agents"] if row["id"] == (agent or self.agent).id]
        return row

    def _team(self, team=None):
        [row] = [row for row in self._floor()["teams"] if row["id"] == (team or self.call_center).id]
        return row

    def test_states_follow_from_call_break_and_switch(self):
        own = self.agent.with_user(self.agent)
        self.assertEqual((self._row()["state"], self._row()["since"]), ("available", False))
        own.action_leads_break()
        self.assertEqual((self._row()["state"], self._row()["since"]), ("break", WORKDAY))
        call = self._start()
        row = self._row()
        self.assertEqual((row["state"], row["customer"], row["since"]), ("talking", "Harbour Café", WORKDAY))
        with freeze_time("2026-11-25 10:05:00"):
            call.hang_up()
            self.assertEqual((self._row()["state"], self._row()["since"]), ("wrap_up", "2026-11-25 10:05:00"))
            call.finish(self.no_answer.id)
            self.assertEqual(self._row()["state"], "available", "the call has ended the break")
        own.action_toggle_leads_available(False)
        row = self._row()
        self.assertEqual((row["state"], row["state_label"], row["customer"]), ("off", "Switched off", ""))
        self.assertEqual(self.agent.leads_desk_state, "off")
        self.assertFalse(self.plain.leads_desk_state)

    def test_available_is_who_is_signed_in(self):
        self._sign_in(self.agent, "offline")
        row = self._row()
        self.assertEqual((row["state"], row["state_label"]), ("off", "Not signed in"))
        self.assertEqual(self.agent.leads_desk_state, "off")
        self.assertIn(self.agent, self.agent._leads_available(), "leads can be assigned to those who are at home")
        self._sign_in(self.agent, "away")
        self.assertEqual(self._row()["state"], "available")
        with freeze_time("2026-11-25 10:06:00"):
            self.assertEqual(self._row()["state"], "off", "the browser no longer reports")
            self._start()
            self.assertEqual(self._row()["state"], "talking", "by telephone alone")

    def test_money_is_that_of_the_rows(self):
        self._assign(self._callable())
        sold = self._callable("Sold")
        self._assign(sold)
        self._order(sold, order_line=[Command.create({"product_id": self.product.id, "product_uom_qty": 0.5})])
        before = self._floor()
        self.assertEqual((self._row()["value_open"], self._row()["value_sold"]), (2250.0, 0.0), "of the newest ones")
        sold.sale_order_ids[:1].with_user(self.agent).action_confirm()
        row, floor = self._row(), self._floor()
        self.assertEqual((row["value_open"], row["value_sold"], row["sales"]), (2000.0, 250.0, 1))
        self.assertEqual((row["converted"], row["converted_of"], row["conversion"]), (1, 3, 1 / 3))
        self.assertEqual(floor["totals"]["value_sold"], before["totals"]["value_sold"] + 250)
        self.assertEqual(floor["currency_id"], self.env.company.currency_id.id)

    def test_the_pool_is_what_a_batch_would_assign(self):
        def pool():
            totals = self._floor()["totals"]
            orders = self.env["sale.order"].with_user(self.manager).search([("is_assignable", "=", True)])
            self.assertEqual(
                (totals["waiting"], totals["value_waiting"]), (len(orders), sum(orders.mapped("amount_total")))
            )
            return orders

        before = pool()
        free, sold = self._callable("Free"), self._lead("Sold", "sale")
        self._order(free, days_ago=5)
        self._order(self.customer)
        self.assertEqual(pool() - before, free.sale_order_ids.sorted("date_order")[-1:], "one order of a customer")
        self._assign(free)
        self.assertEqual(pool(), before)
        self._resolve(self._active(free))
        self.assertFalse(sold.sale_order_ids.is_assignable)

    def test_time_of_talk_and_since_the_last_call(self):
        self.assertFalse(self._row()["last_call_at"])
        call = self._start()
        with freeze_time("2026-11-25 11:05:00"):
            call.finish(self.no_answer.id)
            row = self._row()
            self.assertAlmostEqual(row["talk_hours"], 65 / 60)
            self.assertEqual(row["last_call_at"], "2026-11-25 11:05:00")

    def test_a_break_takes_nothing_away(self):
        self.agent.with_user(self.agent).action_leads_break()
        self.assertEqual(self.customer.leads_agent_id, self.agent)
        self.assertIn(self.agent, self.agent._leads_available())
        self.assertTrue(self.env["leads.agent.desk"].with_user(self.agent).next_lead()["partner_id"])

    def test_a_break_taken_during_a_call_begins_with_its_outcome(self):
        call = self._start()
        self.agent.with_user(self.agent).action_leads_break()
        self.assertEqual(self._row()["state"], "talking")
        call.finish(self.no_answer.id)
        self.assertEqual(self._row()["state"], "break")

    def test_a_forgotten_break_does_not_show_outside_the_working_hours(self):
        self.agent.leads_calendar_id = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC"})
        self.agent.with_user(self.agent).action_leads_break()
        self.assertEqual(self._row()["state"], "break")
        with freeze_time("2026-11-25 23:00:00"):
            self.assertEqual((self._row()["state"], self._row()["state_label"]), ("off", "Outside working hours"))

    def test_breaks_are_ones_own(self):
        own = self.agent.with_user(self.agent)
        own.action_leads_break()
        with freeze_time("2026-11-25 10:05:00"):
            own.action_leads_break()
        self.assertEqual(self.agent.leads_break_since, self._at(WORKDAY), "it goes on")
        for user in (self.other_agent, self.manager):
            for method in ("action_leads_break", "action_leads_resume"):
                with self.assertRefused(AccessError, "themselves"):
                    getattr(self.agent.with_user(user), method)()
        with self.assertRaises(AccessError):
            own.write({"leads_break_since": False})
        own.action_leads_resume()
        self.assertFalse(self.agent.leads_break_since)
        with self.assertRefused(UserError, "Plain Pat does not hold leads"):
            self.plain.with_user(self.plain).action_leads_break()

    def test_figures_of_agents_and_call_centers(self):
        quayside = self._callable()
        self._assign(quayside)
        self._assign(self._callable("Hill Bakery"), self.other_agent)
        self._callback(quayside, day="2026-11-25", hour=12.0)
        self._finish(self.no_answer)
        row = self._row()
        self.assertEqual(
            [row[name] for name in ("open", "ready", "due", "missed", "calls", "contacts", "sales")],
            [2, 1, 0, 0, 2, 1, 0],
        )
        with freeze_time("2026-11-25 11:05:00"):
            self.assertEqual((self._row()["due"], self._row()["missed"]), (1, 0))
        with freeze_time("2026-11-25 13:00:00"):
            self.assertEqual((self._row()["due"], self._row()["missed"]), (1, 1))
            self.agent.active = False
            team = self._team()
            self.assertEqual((team["due"], team["missed"]), (1, 1), "nobody's callback stays with the call center")
            self.assertEqual((team["ready"], team["states"]), (1, {"off": 1}))
        self.assertEqual(self._floor()["totals"]["open"], sum(row["open"] for row in self._floor()["agents"]))

    def test_sales_and_calls_of_today_only(self):
        call = self._start()
        self.customer.sale_order_ids.with_user(self.agent).action_confirm()
        row = self._row()
        self.assertEqual((call.state, row["sales"], row["contacts"], row["open"]), ("done", 1, 1, 0))
        self.env["leads.agent.assignment"].browse(call.assignment_id.id).ended_at = self._at(WORKDAY)
        with freeze_time("2026-11-26 10:00:00"):
            row = self._row()
            self.assertEqual((row["sales"], row["calls"], row["contacts"]), (0, 0, 0))

    def test_only_managers(self):
        for user in (self.agent, self.plain, self.salesperson):
            with self.assertRefused(AccessError, "The live floor is for Leads Managers"):
                self._floor(user)

    def test_agents_and_figures_of_the_managers_companies_only(self):
        company = self.env["res.company"].create({"name": "Overseas"})
        foreigner = self._user(
            "agent_fay",
            "leads_agent.group_leads_agent",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertNotIn(foreigner.id, [row["id"] for row in self._floor()["agents"]])
        self.agent.company_ids += company
        call = self._start()
        call.sudo().company_id = company
        row = self._row()
        self.assertEqual((row["state"], row["customer"], row["calls"]), ("talking", "", 0), "busy, and no more of it")

    def test_a_floor_without_agents(self):
        self.env["res.users"].search([("can_hold_leads", "=", True)]).active = False
        floor = self._floor()
        self.assertEqual((floor["agents"], floor["totals"]["agents"]), ([], 0))

    def test_it_costs_at_most_9_queries_for_any_number_of_agents_and_leads(self):
        def cost():
            self._floor()
            self.env.flush_all()
            self.env.invalidate_all()
            # A request has already read its user.
            self.manager.mapped("tz")
            before = self.env.cr.sql_log_count
            self.env["leads.agent.floor"].with_user(self.manager).get_data()
            return self.env.cr.sql_log_count - before

        calendar = self.env["resource.calendar"].create({"name": "Always", "tz": "UTC"})
        self._start()
        self.agent.leads_calendar_id = False
        self.assertLessEqual(cost(), 9)
        self.agent.leads_calendar_id = calendar
        few = cost()
        self.assertLessEqual(few, 9 + 3, "calling hours are Odoo's to compute")
        for nr in range(6):
            agent = self._user(f"many_{nr}", "leads_agent.group_leads_agent", leads_calendar_id=calendar.id)
            self.call_center.crm_team_member_ids = [Command.create({"user_id": agent.id})]
            leads = [self._callable(f"Many {nr} {i}") for i in range(3)]
            self._assign(self.env["res.partner"].union(*leads), agent)
            self._start(leads[0], agent)
        self.assertEqual(cost(), few)

    def test_measures_of_calls(self):
        self._finish(self.no_answer)
        with freeze_time("2026-11-25 15:00:00"):
            self._start()
            self.customer.sale_order_ids.with_user(self.agent).action_confirm()
        calls = self.env["leads.agent.call"].with_user(self.manager)
        [(count, contacts, conversion, revenue)] = calls._read_group(
            [("agent_id", "=", self.agent.id)],
            aggregates=["__count", "contact_rate:avg", "conversion:avg", "revenue:sum"],
        )
        self.assertEqual((count, contacts, conversion, revenue), (2, 0.5, 0.5, 1000.0))
        fields = calls.fields_get()
        for name in ("duration", "is_contact", "is_sale", "contact_rate", "conversion", "revenue"):
            self.assertTrue(fields[name].get("aggregator"), name)
        self.assertNotIn("revenue", calls.with_user(self.agent).fields_get())

    def test_ageing_of_leads(self):
        assignments = self.env["leads.agent.assignment"].with_user(self.manager)
        self.assignment.assigned_at = self._at(WORKDAY) - timedelta(days=9)
        young = self._assign(self._callable())
        young.assigned_at = self._at(WORKDAY)
        self.env.flush_all()
        domain = [("agent_id", "=", self.agent.id), ("state", "=", "active")]
        self.assertEqual(assignments._read_group(domain, aggregates=["age_days:avg"]), [(4.5,)])
        self.assertEqual(assignments.search(domain, order="age_days desc"), self.assignment | young)
        self.assertEqual(self.assignment.age_days, 9)
        self.assertEqual(assignments.fields_get(["age_days"])["age_days"].get("aggregator"), "avg")
