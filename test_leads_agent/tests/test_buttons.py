from odoo.tests import Form, tagged

from ..proofs.marks import figure
from ..proofs.scenario import Scenario
from .pressing import Pressing

# How many are pressed at least, in all situations together.
LEAST = 150


@tagged("post_install", "-at_install")
class TestButtons(Pressing, Scenario):
    """An agent is offered nothing that is refused: every visible button is pressed, on every page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customer = cls.world["A"]["partner"]
        cls.orders = cls.world["A"]["quotation"]
        for state in ("draft", "sent", "sale", "cancel"):
            cls.orders |= cls._order(customer, state, days_ago=2)
        cls.orders |= cls._order(customer, "sale", days_ago=3, locked=True)
        # Completed by the agent, who reads it for an hour; and a quotation of a lead that is in its grace.
        sold = cls._order(customer)
        sold.with_user(cls.agent).action_confirm()
        cls.orders |= sold | cls.world["E"]["quotation"]
        cls.env.flush_all()

    def _press_as_agent(self, *, locked, view_non_partial):
        self.env.company.write({"leads_agent_lock_assigned": locked, "leads_agent_view_non_partial": view_non_partial})
        self._assign_again()
        self._settle()
        self._start_pressing(self.agent, {"sale.order": self.orders})
        self._press_menus()
        name = f"{'locked' if locked else 'not locked'}, {'all orders' if view_non_partial else 'quotations only'}"
        figure("buttons", f"{name}: pressed", sum(self.pressed.values()))
        self.assertFalse(self.refused, "\n".join(f"{where}: {error}" for where, error in self.refused))
        self.assertGreaterEqual(sum(self.pressed.values()), LEAST)

    def _assign_again(self):
        """The sale has resolved the lead: the agent gets the customer back."""
        customer = self.world["A"]["partner"]
        if not self._active(customer):
            self._give(customer, self.agent, source="manual")

    def test_orders_that_are_closed_offer_no_field_and_no_line(self):
        self.env.company.write({"leads_agent_lock_assigned": True, "leads_agent_view_non_partial": True})
        self._assign_again()
        self._settle()
        closed = 0
        for order in self.orders.with_user(self.agent):
            form = Form(order)
            editable = {
                name
                for name in form._view["fields"]
                if not form._get_modifier(name, "invisible") and not form._get_modifier(name, "readonly")
            }
            is_open = order.state in ("draft", "sent") and order.leads_agent_id == self.agent
            self.assertEqual(order.leads_is_closed, not is_open)
            self.assertEqual("order_line" in editable, is_open, order.state)
            if not is_open:
                self.assertFalse(editable)
                closed += 1
        self.assertGreaterEqual(closed, 4)

    def test_others_are_offered_what_odoo_offers(self):
        order, salesperson = self.orders.filtered(lambda order: order.state == "sale")[0], self.salesperson
        self.assertFalse(order.with_user(salesperson).leads_is_closed)
        for model in ("sale.order", "res.partner"):
            view = self.env[model].with_user(salesperson).get_view(view_type="form")
            self.assertNotIn('duplicate="0"', view["arch"][:200])
            self.assertNotIn("or leads_is_closed", view["arch"].replace("id or leads_is_closed", ""))
        offered = [
            {
                action["name"]
                for action in self.env["ir.actions.actions"].with_user(user).get_bindings("res.partner")["action"]
            }
            for user in (salesperson, self.agent)
        ]
        self.assertIn("Grant portal access", offered[0])
        self.assertNotIn("Grant portal access", offered[1])

    def test_locked_with_all_orders(self):
        self._press_as_agent(locked=True, view_non_partial=True)

    def test_locked_with_quotations_only(self):
        self._press_as_agent(locked=True, view_non_partial=False)

    def test_not_locked_with_all_orders(self):
        self._press_as_agent(locked=False, view_non_partial=True)

    def test_not_locked_with_quotations_only(self):
        self._press_as_agent(locked=False, view_non_partial=False)
