from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestHistory(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.History = cls.env["leads.agent.history"]
        cls.customer = cls._lead()
        cls.order = cls.customer.sale_order_ids
        cls.assignment = cls._assign(cls.customer)
        cls.env.flush_all()

    def _kinds(self, customer=None, user=None):
        rows = self.History.with_user(user or self.agent).search(
            [("partner_id", "=", (customer or self.customer).id)], order="id"
        )
        return rows.mapped("kind")

    def _latest(self, customer=None):
        return self.History.search([("partner_id", "=", (customer or self.customer).id)], order="id desc", limit=1)

    def test_what_happened_before_is_taken_in_when_the_customer_is_assigned(self):
        customer = self._customer("Late")
        order = self._order(customer)
        customer.with_user(self.salesperson).message_post(body="Wants a discount", message_type="comment")
        old = customer.message_post(body="Long ago", message_type="comment")
        old.date = datetime.now() - timedelta(days=91)
        self.env.flush_all()
        self.assertFalse(self.History.search([("partner_id", "=", customer.id)]), "nobody calls, nothing is recorded")
        self._assign(customer)
        self.assertCountEqual(self._kinds(customer), ["note", "order", "assigned"])
        row = self.History.search([("partner_id", "=", customer.id), ("kind", "=", "note")])
        self.assertEqual((row.summary, row.author_id), ("Wants a discount", self.salesperson.partner_id))
        created = self.History.search([("partner_id", "=", customer.id), ("kind", "=", "order")])
        self.assertIn(order.name, created.summary)
        assignment = self._active(customer)
        assignment.with_user(self.manager).action_unassign()
        self._assign(customer, self.other_agent)
        self.assertEqual(self._kinds(customer, self.other_agent).count("note"), 1, "nothing is taken in twice")

    def test_every_kind_of_event(self):
        partner = self.customer.with_user(self.agent)
        partner.message_post(body="Called twice", subtype_xmlid="mail.mt_note")
        self.assertEqual(self._latest().kind, "note")
        self.order.with_user(self.agent).message_post(body="Here is your offer", subtype_xmlid="mail.mt_comment")
        self.assertEqual((self._latest().kind, self._latest().order_id), ("message", self.order))
        self.assertEqual((self._latest().res_model, self._latest().res_id), ("sale.order", self.order.id))
        partner.activity_schedule("mail.mail_activity_data_call", summary="Call").action_feedback(feedback="Reached")
        self.assertEqual(self._latest().kind, "call")
        self.assertEqual(self._latest().summary, "Reached", "the feedback, without Odoo's words around it")
        partner.activity_schedule("mail.mail_activity_data_todo", summary="Send sample").action_done()
        self.assertEqual(self._latest().kind, "activity")
        self.order.with_user(self.agent).action_quotation_sent()
        self.assertEqual((self._latest().kind, self._latest().event), ("order", "sent"))
        other = self._order(self.customer)
        self.assertEqual((self._latest().kind, self._latest().event), ("order", "created"))
        other.action_cancel()
        self.assertEqual((self._latest().kind, self._latest().event), ("order", "cancelled"))
        self.order.with_user(self.agent).action_confirm()
        sale = self._latest()
        self.assertEqual((sale.kind, sale.res_model, sale.res_id), ("sale", "sale.order", self.order.id))
        self.assertEqual(sale.author_id, self.agent.partner_id)

    def test_assigning_and_resolving_and_unassigning(self):
        self._resolve(self.assignment, note="Moved to another country")
        row = self._latest()
        self.assertEqual(row.kind, "resolved")
        self.assertEqual(row.summary, "Resolved: Not interested - Moved to another country")
        again = self._assign(self.customer)
        self.assertEqual((self._latest().kind, self._latest().summary), ("assigned", "Assigned to Agent Anna"))
        again.with_user(self.manager).action_unassign()
        self.assertEqual((self._latest().kind, self._latest().summary), ("unassigned", "Taken from Agent Anna"))

    def test_messages_of_contacts_count_for_their_company(self):
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.customer.id})
        contact.message_post(body="Ask for Joan", subtype_xmlid="mail.mt_note")
        row = self._latest()
        self.assertEqual((row.partner_id, row.res_id, row.summary), (self.customer, contact.id, "Ask for Joan"))

    def test_what_no_human_wrote_is_left_out(self):
        before = len(self._kinds())
        self.order.message_post(body="", message_type="notification", subtype_xmlid="mail.mt_note")
        self.customer.message_notify(body="Psst", partner_ids=self.manager.partner_id.ids)
        self.assertEqual(len(self._kinds()), before)

    def test_events_of_customers_nobody_holds_cost_nothing(self):
        free = self._lead("Free")
        free.message_post(body="x", subtype_xmlid="mail.mt_note")
        free.sale_order_ids.action_quotation_sent()
        self.assertFalse(self.History.search([("partner_id", "=", free.id)]))

    def test_text_is_read_from_the_message_and_goes_with_it(self):
        message = self.customer.message_post(body="First version", subtype_xmlid="mail.mt_note")
        row = self._latest()
        message.body = "Second <b>version</b>"
        row.invalidate_recordset(["summary"])
        self.assertEqual(row.summary, "Second *version*")
        message.unlink()
        self.assertFalse(row.exists())

    def test_hostile_and_long_texts_become_one_short_line(self):
        self.customer.message_post(body="<script>alert(1)</script> " + "word " * 500, subtype_xmlid="mail.mt_note")
        self.assertLessEqual(len(self._latest().summary), 160)

    def test_rows_of_orders_that_are_out_of_sight_are_too(self):
        self.order.with_user(self.salesperson).message_post(body="Secret price", subtype_xmlid="mail.mt_comment")
        row = self._latest().with_user(self.agent)
        self.assertTrue(row.has_access("read"))
        self.order.with_user(self.salesperson).write({"state": "cancel"})
        self.env.flush_all()
        self.assertFalse(row.has_access("read"))
        self.assertNotIn("message", self._kinds())
        self.assertIn("message", self._kinds(user=self.manager))

    def test_only_agents_and_managers_read_it_and_nobody_writes_it(self):
        row = self._latest()
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["kind"])
        for user in (self.agent, self.manager):
            for write in (
                lambda user=user: row.with_user(user).write({"kind": "sale"}),
                lambda user=user: row.with_user(user).unlink(),
                lambda user=user: row.with_user(user).create(
                    {
                        "partner_id": self.customer.id,
                        "kind": "note",
                        "at": datetime.now(),
                        "res_model": "x",
                        "res_id": 1,
                    }
                ),
            ):
                with self.assertRaises(AccessError):
                    write()

    def test_last_event_and_last_contact_follow(self):
        self.assertFalse(self.assignment.last_contact_at)
        self.customer.message_post(body="x", subtype_xmlid="mail.mt_note")
        self.assertTrue(self.assignment.last_contact_at)
        self.assertGreaterEqual(self.assignment.last_event_at, self.assignment.last_contact_at)

    def test_latest_rows_over_many_customers_are_exact(self):
        """Twenty customers with events at known times: the ten newest readable ones come, newest first."""
        customers = self.env["res.partner"]
        for number in range(20):
            customers |= self._lead(f"Customer {number:02}")
        self._assign(customers)
        self.env.cr.execute("DELETE FROM leads_agent_history")
        base = datetime(2026, 1, 1)
        rows = self.History.sudo().create(
            [
                {
                    "partner_id": customer.id,
                    "at": base + timedelta(minutes=17 * number + 31 * (step % 3)),
                    "kind": "resolved",
                    "res_model": "res.partner",
                    "res_id": customer.id,
                    "assignment_id": self._active(customer).id,
                }
                for number, customer in enumerate(customers)
                for step in range(6)
            ]
        )
        hidden = customers[-8:].sale_order_ids
        self.History.sudo().create(
            [
                {
                    "partner_id": order.partner_id.id,
                    "at": base + timedelta(days=30),
                    "kind": "order",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "order_id": order.id,
                }
                for order in hidden
                for step in range(4)
            ]
        )
        hidden.write({"state": "cancel"})
        self.env["leads.agent.history"]._refresh_last_events(customers.ids)
        self.env.flush_all()
        expected = rows.sorted(lambda row: (row.at, row.id), reverse=True)[:10]
        latest = self.History.with_user(self.agent)._latest(10)
        newest_hidden = latest.filtered(lambda row: row.kind == "order")
        self.assertFalse(newest_hidden)
        self.assertEqual(latest.mapped("at"), expected.mapped("at"))
        self.assertEqual(latest.ids, expected.ids)

    def test_intake_at_install_is_complete_and_repeatable(self):
        self.env.cr.execute("DELETE FROM leads_agent_history")
        free = self._lead("Free")
        free.message_post(body="Before install", subtype_xmlid="mail.mt_note")
        self.env.flush_all()
        self.History._take_in()
        count = self.History.search_count([])
        self.assertIn("note", self.History.search([("partner_id", "=", free.id)]).mapped("kind"))
        self.History._take_in()
        self.assertEqual(self.History.search_count([]), count)
