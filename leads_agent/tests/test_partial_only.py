from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon

STATES = ("draft", "sent", "sale", "cancel")


@tagged("post_install", "-at_install")
class TestPartialOnly(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls.orders = {state: cls._order(cls.customer, state) for state in STATES}

    def _seen(self, user):
        orders = self.env["sale.order"].with_user(user).search([("partner_id", "=", self.customer.id)])
        lines = self.env["sale.order.line"].with_user(user).search([("order_id.partner_id", "=", self.customer.id)])
        self.assertEqual(lines.order_id.sudo(), orders.sudo(), "lines follow their orders")
        return set(orders.mapped("state"))

    def test_who_sees_which_states(self):
        everything = set(STATES)
        for user, states in (
            (self.agent, {"draft", "sent"}),
            (self.manager, everything),
            (self.salesperson, everything),
        ):
            with self.subTest(user.login):
                self.assertEqual(self._seen(user), states)
        with self.assertRaises(AccessError):
            self._seen(self.plain)

    def test_setting_acts_at_once_in_both_directions(self):
        for allowed in (True, False, True):
            self.env["res.config.settings"].create({"leads_agent_view_non_partial": allowed}).execute()
            self.assertEqual(self._seen(self.agent), set(STATES) if allowed else {"draft", "sent"})

    def test_strictest_of_all_companies_counts_whatever_the_switcher_says(self):
        self.env.company.leads_agent_view_non_partial = True
        strict = self.env["res.company"].create({"name": "Strict"})
        self.agent.company_ids += strict
        self.assertEqual(self._seen(self.agent), {"draft", "sent"})
        strict.leads_agent_view_non_partial = True
        self.assertEqual(self._seen(self.agent), set(STATES))
        strict.leads_agent_view_non_partial = False
        self.agent.company_ids = [Command.unlink(strict.id)]
        self.assertEqual(self._seen(self.agent), set(STATES))

    def test_reading_writing_and_deleting_by_state(self):
        for view_non_partial in (False, True):
            self.env.company.leads_agent_view_non_partial = view_non_partial
            for state, order in self.orders.items():
                partial = state in ("draft", "sent")
                order = order.with_user(self.agent)
                with self.subTest(state=state, view_non_partial=view_non_partial):
                    self.assertEqual(order.has_access("read"), partial or view_non_partial)
                    self.assertEqual(order.has_access("write"), partial)
                    self.assertFalse(order.has_access("unlink"))
                    lines = self.orders[state].order_line.with_user(self.agent)
                    self.assertEqual(lines.has_access("read"), partial or view_non_partial)
                    self.assertEqual(lines.has_access("write"), partial)
                    self.assertEqual(lines.has_access("unlink"), partial)

    def test_no_back_door_by_search_group_or_name(self):
        Order = self.env["sale.order"].with_user(self.agent)
        sold = self.orders["sale"]
        self.assertFalse(Order.name_search(sold.name))
        self.assertFalse(Order.search([("id", "=", sold.id)]))
        groups = Order.formatted_read_group([("partner_id", "=", self.customer.id)], ["state"], ["__count"])
        self.assertEqual({group["state"] for group in groups}, {"draft", "sent"})
        for call in (
            lambda: Order.browse(sold.id).read(["name"]),
            lambda: Order.browse(sold.id).copy(),
            lambda: Order.browse(sold.id).message_post(body="x"),
            lambda: Order.browse(sold.id).order_line.read(["price_unit"]),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                call()

    def test_rules_vanish_from_the_queries_of_everybody_else(self):
        rules = (
            self.env.ref("leads_agent.rule_order_partial")
            | self.env.ref("leads_agent.rule_order_write")
            | self.env.ref("leads_agent.rule_order_line_partial")
            | self.env.ref("leads_agent.rule_order_line_write")
            | self.env.ref("leads_agent.rule_partner_write")
        )
        for model in ("sale.order", "sale.order.line", "res.partner"):
            for user in (self.salesperson, self.manager):
                Model = self.env[model].with_user(user)
                rules.active = True
                with_rules = str(Model._search([], order="id").select())
                rules.active = False
                self.assertEqual(str(Model._search([], order="id").select()), with_rules)
        rules.active = True

    def test_empty_lists_say_why(self):
        for model in ("sale.order", "res.partner"):
            text = self.env[model].with_user(self.agent).get_empty_list_help("<p>Nothing</p>")
            self.assertIn("quotations only", text)
            self.assertIn("<p>Nothing</p>", text)
            self.assertNotIn("quotations only", self.env[model].with_user(self.manager).get_empty_list_help("") or "")

    def test_is_partial_can_be_searched(self):
        Order = self.env["sale.order"]
        mine = [("partner_id", "=", self.customer.id)]
        self.assertEqual(set(Order.search([*mine, ("is_partial", "=", True)]).mapped("state")), {"draft", "sent"})
        self.assertEqual(set(Order.search([*mine, ("is_partial", "=", False)]).mapped("state")), {"sale", "cancel"})
        self.assertTrue(self.orders["sent"].is_partial)
        self.assertFalse(self.orders["cancel"].is_partial)
