from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import CustomerOutOfSight
from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestLock(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.mine, cls.theirs, cls.nobodys = cls._lead("Mine"), cls._lead("Theirs"), cls._lead("Nobody's")
        cls.assignment = cls._assign(cls.mine)
        cls._assign(cls.theirs, cls.other_agent)

    def _sees(self, customer, user=None):
        """Whether the customer, its order, the lines and the history are all readable, or none of them."""
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.agent
        order = customer.sale_order_ids[:1]
        seen = {
            bool(self.env[model].with_user(user).search([("id", "in", records.ids)]))
            for model, records in (
                ("res.partner", customer),
                ("sale.order", order),
                ("sale.order.line", order.order_line),
            )
        } | {record.with_user(user).has_access("read") for record in (customer, order, order.order_line)}
        self.assertEqual(len(seen), 1, "records, search and access checks agree")
        return seen.pop()

    def test_agents_see_their_own_customers_only(self):
        self.assertTrue(self._sees(self.mine))
        self.assertFalse(self._sees(self.theirs))
        self.assertFalse(self._sees(self.nobodys))
        self.assertTrue(self._sees(self.theirs, self.other_agent))
        for user in (self.manager, self.salesperson):
            self.assertTrue(self._sees(self.nobodys, user))

    def test_contacts_and_their_orders_go_with_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.mine.id})
        self._order(contact)
        self.assertTrue(self._sees(contact))

    def test_without_the_lock_everybody_is_visible(self):
        self.env.company.leads_agent_lock_assigned = False
        self.assertTrue(self._sees(self.nobodys))
        self.env.company.leads_agent_lock_assigned = True
        self.assertFalse(self._sees(self.nobodys))

    def test_lock_of_any_company_of_the_agent_counts(self):
        self.env.company.leads_agent_lock_assigned = False
        strict = self.env["res.company"].create({"name": "Strict", "leads_agent_lock_assigned": True})
        self.assertTrue(self._sees(self.nobodys))
        self.agent.company_ids += strict
        self.assertFalse(self._sees(self.nobodys))
        self.agent.company_ids = [Command.unlink(strict.id)]
        self.assertTrue(self._sees(self.nobodys))

    def test_hour_of_grace_ends_to_the_second_in_any_time_zone(self):
        self._resolve(self.assignment)
        end = self.assignment.visible_until
        self.assertEqual(end - self.assignment.ended_at, timedelta(hours=1))
        for zone in ("UTC", "Pacific/Auckland", "America/St_Johns"):
            self.agent.tz = zone
            with freeze_time(end - timedelta(seconds=2)):
                self.assertTrue(self._sees(self.mine), f"59:58 in {zone}")
            with freeze_time(end + timedelta(seconds=2)):
                self.assertFalse(self._sees(self.mine), f"60:02 in {zone}")

    def test_hour_of_grace_needs_no_cleared_cache(self):
        """One transaction, in which the answers of the first moment would still lie in the caches."""
        self._resolve(self.assignment)
        self.env.flush_all()
        self.env.invalidate_all()
        order, end = self.mine.sale_order_ids, self.assignment.visible_until
        for zone in ("UTC", "Asia/Kathmandu", "America/Los_Angeles"):
            records = [record.with_user(self.agent).with_context(tz=zone) for record in (self.mine, order)]
            for seconds, seen in ((-2, True), (2, False), (-2, True)):
                with freeze_time(end + timedelta(seconds=seconds)):
                    for record in records:
                        self.assertEqual(record.has_access("read"), seen)
                        self.assertEqual(bool(record.search([("id", "=", record.id)])), seen)

    def test_customer_in_grace_is_readable_and_no_more(self):
        self._resolve(self.assignment)
        partner = self.mine.with_user(self.agent)
        self.assertTrue(self._sees(self.mine))
        self.assertFalse(partner.has_access("write"))
        self.assertFalse(partner.sale_order_ids.has_access("write"))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.env["sale.order"].with_user(self.agent).create({"partner_id": self.mine.id})

    def test_two_agents_see_a_customer_within_the_hour(self):
        self._resolve(self.assignment)
        self._assign(self.mine, self.other_agent)
        self.assertTrue(self._sees(self.mine))
        self.assertTrue(self._sees(self.mine, self.other_agent))
        with freeze_time(self.assignment.visible_until + timedelta(seconds=2)):
            self.assertFalse(self._sees(self.mine))
            self.assertTrue(self._sees(self.mine, self.other_agent))

    def test_writing_visible_until_changes_access_at_once(self):
        self._resolve(self.assignment)
        self.assignment.visible_until = fields.Datetime.now() - timedelta(seconds=2)
        self.assertFalse(self._sees(self.mine))
        self.assignment.visible_until = fields.Datetime.now() + timedelta(minutes=5)
        self.assertTrue(self._sees(self.mine))

    def test_access_ends_with_the_assignment(self):
        for end in (
            lambda: self._active(self.mine).with_user(self.manager).action_unassign(),
            lambda: self.agent.write({"group_ids": [Command.unlink(self.env.ref("leads_agent.group_leads_agent").id)]}),
        ):
            self.assertTrue(self._sees(self.mine))
            end()
            self.agent.write({"group_ids": [Command.link(self.env.ref("leads_agent.group_leads_agent").id)]})
            self.assertFalse(self._sees(self.mine))
            self._assign(self.mine)

    def test_partial_only_and_lock_together(self):
        """What is seen of the own and of a foreign customer, for each combination of the two settings."""
        for customer in (self.mine, self.theirs):
            self._order(customer, "sale", days_ago=3)
        for non_partial, lock, mine, theirs in (
            (False, False, {"draft"}, {"draft"}),
            (True, False, {"draft", "sale"}, {"draft", "sale"}),
            (False, True, {"draft"}, set()),
            (True, True, {"draft", "sale"}, set()),
        ):
            self.env.company.leads_agent_view_non_partial = non_partial
            self.env.company.leads_agent_lock_assigned = lock
            Order = self.env["sale.order"].with_user(self.agent)
            with self.subTest(non_partial=non_partial, lock=lock):
                for customer, states in ((self.mine, mine), (self.theirs, theirs)):
                    orders = Order.search([("partner_id", "=", customer.id)])
                    self.assertEqual(set(orders.mapped("state")), states)

    def test_completed_order_stays_readable_for_the_hour_under_the_lock(self):
        order = self.mine.sale_order_ids
        order.with_user(self.agent).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(order.with_user(self.agent).has_access("read"))
        self.assertFalse(order.with_user(self.agent).has_access("write"))
        self.assertTrue(order.order_line.with_user(self.agent).has_access("read"))

    def test_orders_for_other_customers_are_refused(self):
        for customer in (self.theirs, self.nobodys):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.env["sale.order"].with_user(self.agent).create({"partner_id": customer.id})

    def test_core_screens_keep_working(self):
        env = self.env(user=self.agent)
        self.assertEqual(env.user.partner_id.read(["name", "email"])[0]["name"], "Agent Anna")
        self.assertIn(self.other_agent, env["res.users"].search([]))
        self.assertTrue(env.company.partner_id.read(["name"]))
        self.assertTrue(env.ref("base.partner_root").read(["name"]))
        order = env["sale.order"].browse(self.mine.sale_order_ids.id)
        order.message_post(body="x")
        order.message_ids.read(["body", "author_id"])
        order.activity_schedule("mail.mail_activity_data_call", user_id=self.other_agent.id)
        env["sale.order"].get_views([(False, "form"), (False, "list")])

    def test_loading_the_form_of_a_customer_out_of_sight_has_an_error_of_its_own(self):
        spec = {"name": {}}
        partners = self.env["res.partner"].with_user(self.agent)
        self.assertTrue(partners.browse(self.mine.id).web_read(spec))
        with self.assertRefused(CustomerOutOfSight, "not assigned to you"):
            partners.browse(self.theirs.id).web_read(spec)
        with self.assertRaises(AccessError) as caught:
            partners.browse(self.theirs.id).read(["name"])
        self.assertNotIsInstance(caught.exception, CustomerOutOfSight)
        self.env.company.leads_agent_lock_assigned = False
        self.assertTrue(partners.browse(self.theirs.id).web_read(spec))

    def test_history_of_other_customers_is_out_of_sight(self):
        History = self.env["leads.agent.history"].with_user(self.agent)
        self.assertTrue(History.search([("partner_id", "=", self.mine.id)]))
        self.assertFalse(History.search([("partner_id", "=", self.theirs.id)]))
