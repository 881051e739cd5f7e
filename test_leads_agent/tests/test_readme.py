from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .readme_common import ReadmeCommon

# A tour of the README is long.
PATIENCE = 300
AGENTS = ("anna", "ben", "chloe", "david", "sofia")
HOURS_OF_A_WEEK = 24 * 7


class ReadmeCase(ReadmeCommon):
    """What the README says of the demo, and its five-minute tour click by click.

    The tours are in `static/tests/tours/readme_*_tour.js`, one per role.
    """

    # Odoo looks for tests in the class itself, unless told otherwise.
    allow_inherited_tests_method = True

    # ------------------------------------------------------------------
    # The five-minute tour
    # ------------------------------------------------------------------

    def _read(self, tour):
        self.start_tour("/web/login", tour, login=None, timeout=PATIENCE)

    def test_as_an_agent(self):
        self._read("readme_agent")
        van_aken, nord_transit = (
            self.env.ref(f"leads_agent.demo_customer_{name}") for name in ("van_aken", "nord_transit")
        )
        self.assertIn("sale", van_aken.child_ids.sale_order_ids.mapped("state"))
        self.assertFalse((van_aken + nord_transit).leads_agent_id)
        calls = self.env["leads.agent.call"].search([("agent_id.login", "=", "anna")], order="id desc", limit=2)
        self.assertEqual(calls.disposition_id.mapped("name"), ["No answer", "Callback agreed"])

    def test_as_a_manager(self):
        self._read("readme_manager")
        gastown = self.env.ref("leads_agent.demo_customer_gastown")
        self.assertEqual(gastown.leads_agent_id, self._user("ben"))
        batches = self.env["leads.agent.batch.assign"].search([("started_by_id", "=", self._user("morgan").id)])
        self.assertEqual(sorted(batches.mapped("state"))[-1], "undone")

    def test_as_an_administrator(self):
        self._read("readme_admin")
        self._read("readme_admin_orders_of_anna")
        self._read("readme_admin_lock")
        self._read("readme_admin_customers_of_anna")

    # ------------------------------------------------------------------
    # The demo
    # ------------------------------------------------------------------

    def _user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def test_every_lead_can_be_called_at_every_hour_of_the_week(self):
        now, desk = fields.Datetime.now(), self.env["leads.agent.desk"]
        for login in AGENTS:
            with self.subTest(login):
                leads = self._user(login).leads_assignment_ids.partner_id
                closed = [
                    (facts.name, now + timedelta(hours=hour))
                    for facts in desk._facts(leads.ids).values()
                    for hour in range(HOURS_OF_A_WEEK)
                    if not all(clock.is_open(now + timedelta(hours=hour)) for clock in facts.clocks)
                ]
                self.assertTrue(leads)
                self.assertFalse(closed)
                self.assertTrue(desk.with_user(self._user(login)).next_lead()["partner_id"])

    def test_callbacks_lie_within_the_calling_hours(self):
        callbacks = self.env["leads.agent.callback"].search([("state", "=", "open")])
        self.assertGreater(len(callbacks), 5)
        facts_of = self.env["leads.agent.desk"]._facts(callbacks.partner_id.ids)
        for callback in callbacks:
            with self.subTest(callback.partner_id.name):
                clocks = facts_of[callback.partner_id.id].clocks
                self.assertTrue(clocks and all(clock.is_open(callback.due_at) for clock in clocks))

    def test_nothing_of_today_happened_yesterday_or_will_happen(self):
        now, here = fields.Datetime.now(), self.env["leads.agent.call"].with_context(tz="Europe/Brussels")
        called = here.search([("started_at", ">", now - timedelta(hours=9))])
        self.assertGreater(len(called), 10)
        self.assertLess(max(called.mapped("started_at")), now)
        earliest = fields.Datetime.context_timestamp(here, min(called.mapped("started_at")))
        self.assertEqual(earliest.date(), fields.Datetime.context_timestamp(here, now).date())

    def test_call_centers_have_leads_to_assign_and_some_to_skip(self):
        pool = self.env["sale.order"].search([("leads_agent_id", "=", False), ("is_partial", "=", True)])
        for name in ("antwerp", "london"):
            center = self.env.ref(f"leads_agent.demo_call_center_{name}")
            orders = pool.filtered(lambda order, center=center: order.team_id == center)
            batch = self.env["leads.agent.batch.assign"].with_user(self._user("morgan"))
            batch = batch.create({"agent_id": self._user("anna").id, "selected_order_ids": orders.ids})
            batch.action_assign()
            with self.subTest(name):
                self.assertGreaterEqual(batch.assigned_count, 5, batch.line_ids.mapped("reason"))
                self.assertGreaterEqual(batch.skipped_count, 1, batch.line_ids.mapped("reason"))

    def test_the_alias_of_enquiries_has_an_address(self):
        team = self.env.ref("leads_agent_offer.demo_call_center_web")
        self.assertEqual(team.alias_email, "enquiries@coffee.example.com")


@tagged("post_install", "-at_install")
class TestReadmeOnSundayNight(ReadmeCase):
    weekday, hour = 6, 3


@tagged("post_install", "-at_install")
class TestReadmeAtNoon(ReadmeCase):
    weekday, hour = 2, 12


# Only its subclasses have a moment.
del ReadmeCase
