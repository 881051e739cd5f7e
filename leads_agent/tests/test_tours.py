import functools
import threading
from contextlib import contextmanager
from unittest.mock import patch

import requests

from odoo.tests import HttpCase, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .common import LeadsAgentCommon
from .menu_tours import MenuTours

# How long one side of a test with two browsers waits for the other one.
PATIENCE = 30


@tagged("post_install", "-at_install")
class TestTours(MenuTours, LeadsAgentCommon, HttpCase):
    """The app in a browser. The tours are in `static/tests/tours`."""

    def _two_leads(self):
        """Two leads of the agent, in this order of calling, and one of another agent."""
        leads = self._lead() | self._lead("Lighthouse Inn")
        self._assign(leads)
        self._assign(self._lead("Bakery of the other agent"), self.other_agent)
        return leads

    # ------------------------------------------------------------------
    # Agent
    # ------------------------------------------------------------------

    def test_login_lands_on_the_dashboard_with_own_leads_and_figures(self):
        self._two_leads()
        self.start_tour("/web/login", "leads_agent_login", login=None)

    def test_pressing_resolve_twice_resolves_once(self):
        harbour, lighthouse = self._two_leads()
        assignment = self._active(harbour)
        self.start_tour("/odoo/leads-agent", "leads_agent_resolve_twice", login="agent_anna")
        self.assertEqual((assignment.state, assignment.end_reason), ("resolved", "resolved"))
        self.assertEqual(self._active(lighthouse).agent_id, self.agent)

    def test_resolving_with_a_disposition_takes_the_lead_off_the_dashboard(self):
        harbour, lighthouse = self._two_leads()
        assignment = self._active(harbour)
        self.start_tour("/odoo/leads-agent", "leads_agent_resolve", login="agent_anna")
        self.assertRecordValues(
            assignment,
            [
                {
                    "state": "resolved",
                    "disposition_id": self.env.ref("leads_agent.disposition_too_expensive").id,
                    "note": "Wants 20 % off",
                    "ended_by_id": self.agent.id,
                }
            ],
        )
        self.assertFalse(harbour.leads_agent_id)
        self.assertEqual(lighthouse.leads_agent_id, self.agent)

    def test_resolving_works_without_a_mouse(self):
        harbour, lighthouse = self._two_leads()
        first = self._active(harbour)
        self.start_tour("/odoo/leads-agent", "leads_agent_resolve_by_keyboard", login="agent_anna")
        self.assertEqual((first.state, first.disposition_id), ("resolved", self.disposition))
        self.assertEqual(lighthouse.leads_agent_id, self.agent)

    def test_confirming_an_order_ends_in_a_sale_and_not_in_an_error(self):
        harbour, _lighthouse = self._two_leads()
        assignment = self._active(harbour)
        self.start_tour("/odoo/leads-agent", "leads_agent_confirm", login="agent_anna")
        order = harbour.sale_order_ids
        self.assertEqual(order.state, "sale")
        self.assertRecordValues(
            assignment, [{"state": "resolved", "end_reason": "sale", "sale_order_id": order.id, "is_sale": 1}]
        )

    def test_dashboard_of_a_second_browser_changes_without_being_loaded_again(self):
        customer = self._lead()
        sorted_by = self._signals_of_the_dashboard()
        session = _Session(self, "manager_mia")

        def manage():
            session.wait_for(sorted_by["oldest"])
            session.sign_in()
            wizard = session.call(
                "leads.agent.assign", "create", [{"agent_id": self.agent.id, "partner_id": customer.id}]
            )
            session.call("leads.agent.assign", "action_assign", [wizard])
            [assignment] = session.call(
                "leads.agent.assignment", "search", [[("partner_id", "=", customer.id), ("state", "=", "active")]]
            )
            session.wait_for(sorted_by["newest"])
            session.call("leads.agent.assignment", "action_unassign", [assignment])

        with session.running(manage):
            self.start_tour("/odoo/leads-agent", "leads_agent_update_by_bus", login="agent_anna")
        assignment = self.env["leads.agent.assignment"].search([("partner_id", "=", customer.id)])
        self.assertRecordValues(assignment, [{"state": "unassigned", "ended_by_id": self.manager.id}])

    def test_entering_an_order_for_a_new_customer_sending_it_noting_and_planning(self):
        self.start_tour("/odoo/leads-agent", "leads_agent_order_entry", login="agent_anna")
        customer = self.env["res.partner"].search([("name", "=", "Windmill Bistro")])
        order = customer.sale_order_ids
        self.assertRecordValues(
            order,
            [{"state": "draft", "user_id": self.agent.id, "team_id": self.call_center.id, "amount_untaxed": 500.0}],
        )
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertIn("Wants delivery in May", "".join(order.message_ids.mapped("body")))
        self.assertEqual(order.activity_ids.mapped("summary"), ["Call in April"])

    # ------------------------------------------------------------------
    # Manager: only the group of managers, no group of Sales or Settings
    # ------------------------------------------------------------------

    def test_batch_takes_all_records_of_the_filter_and_tells_what_happened_to_each(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Tour Bakery {number}", "is_company": True} for number in range(1, 84)]
        )
        several, held, bought = (
            self._customer(f"Tour Bakery {what}") for what in ("with three orders", "of Ben", "that bought")
        )
        self.env["sale.order"].create([{"partner_id": customer.id} for customer in customers])
        self._order(held, days_ago=3)
        for days_ago in (4, 3, 0):
            self._order(several, days_ago=days_ago)
        self._assign(held, self.other_agent)
        self._order(bought, days_ago=3)
        self._order(bought, "sale", days_ago=2)
        self.start_tour("/odoo/leads-orders", "leads_agent_batch", login="manager_mia", timeout=120)
        self.assertEqual((customers | several).leads_agent_id, self.agent)
        self.assertEqual(held.leads_agent_id, self.other_agent)
        self.assertFalse(bought.leads_agent_id)
        batch = self.env["leads.agent.batch.assign"].search([("create_uid", "=", self.manager.id)])
        self.assertEqual((batch.order_count, batch.assigned_count, batch.skipped_count), (88, 84, 2))
        self.assertEqual(len(batch.line_ids), 86)

    def test_manager_assigns_from_the_cards_of_the_agents(self):
        customer = self._lead()
        self.start_tour("/odoo/leads-orders", "leads_agent_agents", login="manager_mia")
        self.assertEqual(customer.leads_agent_id, self.agent)
        self.assertEqual(self._active(customer).assigned_by_id, self.manager)

    def test_manager_resolves_and_reassigns_from_the_list_of_assignments(self):
        leads = self._two_leads()
        assignments = self._active(leads[0]) | self._active(leads[1])
        mill = self._lead("Old Mill")
        self._assign(mill)
        self.start_tour("/odoo/leads-orders", "leads_agent_assignments", login="manager_mia")
        disposition = self.env.ref("leads_agent.disposition_bought_elsewhere")
        self.assertRecordValues(
            assignments,
            [{"state": "resolved", "disposition_id": disposition.id, "ended_by_id": self.manager.id}] * 2,
        )
        self.assertEqual(mill.leads_agent_id, self.other_agent)

    def test_disposition_of_a_call_center_can_be_chosen_by_its_agents(self):
        customer = self._lead()
        assignment = self._assign(customer)
        self.start_tour("/odoo/leads-orders", "leads_agent_new_disposition", login="manager_mia")
        disposition = self.call_center.leads_disposition_ids
        self.assertRecordValues(disposition, [{"name": "Call again in spring", "type": "sales"}])
        self.start_tour("/odoo/leads-agent", "leads_agent_use_new_disposition", login="agent_anna")
        self.assertEqual(assignment.disposition_id, disposition)

    # ------------------------------------------------------------------
    # Admin
    # ------------------------------------------------------------------

    def test_admin_creates_an_agent_on_the_user_form(self):
        self.env.ref("base.default_user_group").implied_ids += self.env.ref("sales_team.group_sale_manager")
        self.start_tour("/odoo/users", "leads_agent_new_user", login="admin")
        user = self.env["res.users"].search([("login", "=", "nina.new@example.com")])
        self.assertTrue(user.is_leads_agent)
        self.assertFalse(user.has_group("sales_team.group_sale_salesman"))
        self.assertEqual(user.action_id.id, self.env.ref("leads_agent.action_dashboard").id)

    def test_admin_assigns_and_unassigns_on_the_tab_of_the_user_form(self):
        harbour, lighthouse = self._lead(), self._lead("Lighthouse Inn")
        self._assign(lighthouse)
        self._lead("Tour Customer who bought", "sale")
        self._assign(self._lead("Tour Customer of Ben"), self.other_agent)
        self.start_tour(f"/odoo/users/{self.agent.id}", "leads_agent_user_tab", login="admin")
        self.assertEqual(harbour.leads_agent_id, self.agent)
        self.assertFalse(lighthouse.leads_agent_id)

    def test_setting_shows_confirmed_orders_to_agents_at_once(self):
        self.env.company.leads_agent_view_non_partial = False
        order = self._lead("Tour Customer who bought", "sale").sale_order_ids
        self.assertFalse(order.with_user(self.agent).has_access("read"))
        self.start_tour("/odoo/leads-settings", "leads_agent_allow_non_partial", login="admin")
        self.assertTrue(self.env.company.leads_agent_view_non_partial)
        self.start_tour("/odoo/leads-orders", "leads_agent_see_confirmed_order", login="agent_anna")

    # ------------------------------------------------------------------
    # Every menu
    # ------------------------------------------------------------------

    def test_agent_opens_every_menu_and_every_view(self):
        self._two_leads()
        self.assertEqual(
            self._visit_menus("leads_agent", self.agent),
            ["Leads Agent Dashboard", "My Leads", "Order Details", "New Order", "Customers"],
        )

    def test_manager_opens_every_menu_and_every_view(self):
        leads = self._two_leads() | self._lead("Old Mill")
        self.manager.with_user(self.manager).action_toggle_leads_may_hold()
        self._assign(leads[2], self.manager)
        batch = self.env["leads.agent.batch.assign"].with_user(self.manager)
        batch.create({"agent_id": self.agent.id, "selected_order_ids": leads.sale_order_ids.ids}).action_assign()
        visited = self._visit_menus("leads_agent", self.manager)
        self.assertEqual(
            visited,
            [
                *("Leads Agent Dashboard", "My Leads", "Order Details", "Customers"),
                *("Agents", "Assignments", "Batch Assignments"),
                *("Leads Analysis", "Customer History"),
                *("Call Centers", "Call Dispositions"),
            ],
        )

    def _signals_of_the_dashboard(self):
        """Events that are set when the dashboard was read with a sort order."""
        signals = {"oldest": threading.Event(), "newest": threading.Event()}
        dashboard = type(self.env["leads.agent.dashboard"])
        get_data = dashboard.get_data

        @functools.wraps(get_data)
        def get_data_and_tell(records, *args, **kwargs):
            data = get_data(records, *args, **kwargs)
            if signal := signals.get(kwargs.get("sort")):
                signal.set()
            return data

        self.startPatcher(patch.object(dashboard, "get_data", get_data_and_tell))
        return signals


class _Session:
    """A second user at work while a tour runs, over HTTP, with its own cookies and thread."""

    def __init__(self, case, login):
        self.case = case
        self.login = login
        self.http = requests.Session()

    @contextmanager
    def running(self, target):
        """Do something in parallel, and report errors to the test."""
        errors = []

        def run():
            try:
                target()
            except Exception as error:
                errors.append(error)

        thread = threading.Thread(target=run, name=f"tour-{self.login}", daemon=True)
        thread.start()
        yield
        thread.join(PATIENCE)
        if errors:
            raise errors[0]

    def wait_for(self, signal):
        self.case.assertTrue(signal.wait(PATIENCE), "The tour did not come that far.")

    def sign_in(self):
        self._post(
            "/web/session/authenticate",
            {"db": self.case.env.cr.dbname, "login": self.login, "password": self.login},
        )

    def call(self, model, method, args):
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}", {"model": model, "method": method, "args": args, "kwargs": {}}
        )

    def _post(self, route, params):
        self.http.cookies.set(TEST_CURSOR_COOKIE_NAME, self.case.http_request_key)
        answer = self.http.post(
            self.case.base_url() + route,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=PATIENCE,
        ).json()
        if "error" in answer:
            raise AssertionError(answer["error"]["data"])
        return answer["result"]
