from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestDashboard(LeadsAgentCommon):
    def _data(self, user=None, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.dashboard"].with_user(user or self.agent).get_data(**kwargs)

    def test_leads_with_customer_and_quotation(self):
        customer = self._lead(
            phone="+1 212 555 0100",
            email="harbour@example.com",
            city="New York",
            country_id=self.env.ref("base.us").id,
        )
        newest = self._order(self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id}))
        self._order(customer, days_ago=4)
        self._assign(customer)
        customer.message_post(body="Rang", subtype_xmlid="mail.mt_note")
        [lead] = self._data()["leads"]
        self.assertEqual(
            (lead["name"], lead["phone"], lead["email"], lead["city"]),
            ("Harbour Café", "+1 212 555 0100", "harbour@example.com", "New York"),
        )
        self.assertEqual((lead["order"]["id"], lead["order"]["amount_total"]), (newest.id, 1000.0))
        self.assertTrue(lead["last_contact_at"])
        self.assertTrue(lead["assigned_at"])

    def test_only_my_active_leads(self):
        mine, theirs, done = self._lead("Mine"), self._lead("Theirs"), self._lead("Done")
        self._assign(mine | done)
        self._assign(theirs, self.other_agent)
        self._resolve(self._active(done))
        data = self._data()
        self.assertEqual([lead["name"] for lead in data["leads"]], ["Mine"])
        self.assertEqual(data["leads_count"], 1)

    def test_not_contacted_yet_comes_first(self):
        customers = self._lead("Called") | self._lead("Fresh")
        self._assign(customers)
        customers[0].message_post(body="Rang", subtype_xmlid="mail.mt_note")
        self.assertEqual([lead["name"] for lead in self._data()["leads"]], ["Fresh", "Called"])

    def test_search_and_paging(self):
        self._assign(self._lead("Alpha", phone="+3222903490") | self._lead("Beta", city="Gent") | self._lead("Gamma"))

        def names(**kwargs):
            return [lead["name"] for lead in self._data(**kwargs)["leads"]]

        self.assertEqual(names(search="alph"), ["Alpha"])
        self.assertEqual(names(search="gent"), ["Beta"])
        self.assertEqual(names(search="3222903"), ["Alpha"])
        self.assertEqual(names(search="%"), [])
        self.assertEqual(names(sort="customer", limit=1, offset=1), ["Beta"])
        self.assertEqual(self._data(limit=1)["leads_count"], 3)
        self.assertEqual(self._data(search="a", limit=1)["leads_count"], 3)
        self.assertEqual(len(names(limit=10**9, sort="'; DROP TABLE", offset=-5)), 3)

    def test_figures_of_today(self):
        customers = self._lead("One") | self._lead("Two") | self._lead("Three") | self._lead("Four")
        assignments = self._assign(customers)
        self._resolve(assignments[0])
        customers[1].sale_order_ids.with_user(self.agent).action_confirm()
        figures = self._data()["figures"]
        self.assertEqual(
            (figures["assigned_today"], figures["resolved_today"], figures["sold_today"], figures["open"]),
            (4, 2, 1, 2),
        )
        self.assertAlmostEqual(figures["conversion"], 1 / 4)

    def test_a_day_begins_at_midnight_of_the_company(self):
        self.env.company.leads_agent_tz = "Pacific/Auckland"
        assignment = self._assign(self._lead())
        with freeze_time("2026-07-10 13:00:00"):  # 01:00 on the 11th in Auckland
            assignment.sudo().assigned_at = "2026-07-10 11:59:00"
            self.assertEqual(self._data()["figures"]["assigned_today"], 0)
            assignment.sudo().assigned_at = "2026-07-10 12:00:00"
            self.assertEqual(self._data()["figures"]["assigned_today"], 1)

    def test_history_over_all_customers(self):
        customers = self._lead("One") | self._lead("Two")
        self._assign(customers)
        customers[0].message_post(body="First", subtype_xmlid="mail.mt_note")
        customers[1].message_post(body="Second", subtype_xmlid="mail.mt_note")
        for number in range(12):
            customers[number % 2].message_post(body=f"Note {number}", subtype_xmlid="mail.mt_note")
        history = self._data()["history"]
        self.assertEqual([row["summary"] for row in history], [f"Note {number}" for number in range(11, 1, -1)])
        self.assertEqual({row["partner_name"] for row in history}, {"One", "Two"})
        self.assertTrue(all(row["author"] and row["res_model"] == "res.partner" for row in history))

    def test_a_batch_is_one_line_of_the_history(self):
        customers = self.env["res.partner"].union(*(self._lead(f"Lead {nr}") for nr in range(12)))
        single, other = self._lead("Single"), self._lead("Other")
        self._assign(single)
        self._assign(other, self.other_agent)
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "selected_order_ids": customers.sale_order_ids.ids})
        )
        batch.action_assign()
        # A transaction has one moment for what it assigns, and orders have later ones.
        self.env["leads.agent.history"].search([("kind", "=", "order")]).unlink()
        customers[0].message_post(body="Rang", subtype_xmlid="mail.mt_note")
        history = self._data()["history"]
        assigned = [row["partner_name"] for row in history if row["kind"] == "assigned"]
        self.assertEqual(sorted(assigned), ["Batch: 12 leads", "Single"])
        self.assertIn(("note", "Lead 0"), [(row["kind"], row["partner_name"]) for row in history])
        [line] = [row for row in history if row["res_id"] == batch.id and row["id"] < 0]
        self.assertRegex(line["summary"], "^Lead .*, Lead .*, Lead .* and 9 more$")
        mine = self.env["leads.agent.assignment"].with_user(self.agent)
        self.assertEqual(mine.search_count([("batch_id", "=", line["res_id"])]), 12, "what a click opens")
        theirs = self._data(self.other_agent)["history"]
        self.assertFalse([row for row in theirs if row["res_id"] == batch.id and row["id"] < 0])

    def test_empty_state_says_why_with_the_settings_in_words(self):
        self.assertIn("quotations only", self._data()["empty_reason"])
        self.env.company.leads_agent_view_non_partial = True
        self.env.company.leads_agent_lock_assigned = True
        reason = self._data()["empty_reason"]
        self.assertIn("confirmed and cancelled orders", reason)
        self.assertIn("only the customers that are assigned to you", reason)
        self._assign(self._lead())
        self.assertFalse(self._data()["empty_reason"])
        self.assertFalse(self._data(search="nobody")["empty_reason"])

    def test_managers_have_it_and_others_do_not(self):
        self.assertEqual(self._data(self.manager)["leads"], [])
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                self._data(user)

    def test_it_reads_only(self):
        self._assign(self._lead())
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        self.assertEqual(len(self._data()["leads"]), 1)
        savepoint.close(rollback=True)

    def test_dashboards_of_the_agents_concerned_are_told_once_per_transaction(self):
        def told():
            self.env.flush_all()
            values = self.env.cr.precommit.data.get("bus.bus.values", [])
            return [value["channel"] for value in values if "leads_agent/changed" in value["message"]]

        self.env.cr.precommit.data.clear()
        customers = self._lead("One") | self._lead("Two")
        self._assign(customers)
        customers[0].message_post(body="x", subtype_xmlid="mail.mt_note")
        channels = told()
        self.assertEqual(len(channels), 1)
        self.assertIn(f'"res.partner",{self.agent.partner_id.id}', channels[0].replace(" ", ""))
        self.env.cr.precommit.data.clear()
        self._lead("Nobody").message_post(body="x", subtype_xmlid="mail.mt_note")
        self.assertFalse(told())

    def test_expired_quotation_is_marked(self):
        customer = self._lead()
        customer.sale_order_ids.validity_date = fields.Date.today() - timedelta(days=1)
        self._assign(customer)
        self.assertTrue(self._data()["leads"][0]["order"]["expired"])
