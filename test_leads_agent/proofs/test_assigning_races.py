import random
import time

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.test_concurrency import RaceCase

from .marks import WHOLE, figure

MANAGERS = 4
SEED = random.randrange(10**6)


@tagged("post_install", "-at_install", "leads_prove")
class TestAssigningRaces(RaceCase):
    """Managers assign overlapping leads at the same moment, while orders are confirmed and agents archived.

    In full: 4 managers x 10,000 leads of 15,000, 20 times. As a slice: 4 x 80 of 120, twice.
    """

    LEADS = 15_000 if WHOLE else 120
    EACH = 10_000 if WHOLE else 80
    RUNS = 20 if WHOLE else 2
    PATIENCE = 600

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        figure("races", "seed", SEED)

    def _shared(self, order_ids):
        """Assign to both agents, so that the transactions also compete for the rotation."""

        def call(env):
            batch = env["leads.agent.batch.assign"].create(
                {"agent_ids": self.made["agents"], "selected_order_ids": order_ids}
            )
            batch.action_assign()
            counts = env["leads.agent.batch.assign.line"]._read_group(
                [("batch_id", "=", batch.id)], ["result"], ["__count"]
            )
            return dict(counts)

        return call

    def _check(self, outcomes, wanted):
        """Check that no lead is lost or assigned twice, and that stored holders match the assignments."""
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        self.assertFalse(errors)
        active = self._active()
        holders = {row["partner_id"][0]: row["agent_id"][0] for row in active}
        self.assertEqual(len(holders), len(active), "nothing double")
        self.assertEqual(set(holders), wanted, "nothing lost")
        with self._env() as env:
            env.cr.execute(
                """
                SELECT count(*) FROM res_partner p
                  LEFT JOIN leads_agent_assignment a ON a.partner_id = p.id AND a.state = 'active'
                 WHERE p.id = ANY(%s) AND p.leads_agent_id IS DISTINCT FROM a.agent_id
                """,
                [self.made["partners"]],
            )
            self.assertEqual(env.cr.fetchone()[0], 0, "holders out of step")
        return len(active)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_managers_share_out_overlapping_leads(self):
        customer_of = dict(zip(self.made["orders"], self.made["partners"], strict=True))
        assigned, slowest = 0, 0.0
        for _run in range(self.RUNS):
            chosen = [self.random.sample(self.made["orders"], self.EACH) for _nr in range(MANAGERS)]
            started = time.monotonic()
            outcomes = self._race(*(self._shared(order_ids) for order_ids in chosen))
            slowest = max(slowest, time.monotonic() - started)
            wanted = {customer_of[order_id] for order_ids in chosen for order_id in order_ids}
            assigned += self._check(outcomes, wanted)
            self.assertEqual(sum(outcome.get("assigned", 0) for outcome in outcomes), len(wanted))
            self.assertEqual(sum(sum(outcome.values()) for outcome in outcomes), MANAGERS * self.EACH)
            with self._env() as env:
                self._forget_assignments(env)
        figure("races", "overlapping batches: runs x managers x leads", f"{self.RUNS} x {MANAGERS} x {self.EACH}")
        figure("races", "overlapping batches: assigned", assigned)
        figure("races", "overlapping batches: lost, double, errors", "0, 0, 0")
        figure("races", "overlapping batches: slowest run in seconds", round(slowest, 1))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_commit_that_is_clicked_twice_by_two_managers(self):
        orders = self.made["orders"][:40]
        with self._env() as env:
            batch = env(user=self.made["manager"])["leads.agent.batch.assign"].create(
                {"agent_ids": self.made["agents"], "selected_order_ids": orders}
            )
            batch.action_plan()
            batch_id = batch.id

        def commit(env):
            env["leads.agent.batch.assign"].browse(batch_id).action_commit()
            return "committed"

        outcomes = self._race(commit, commit, commit)
        errors = [outcome for outcome in outcomes if outcome != "committed"]
        self.assertEqual(len(errors), 2, outcomes)
        for error in errors:
            self.assertIsInstance(error, UserError)
        self.assertEqual(len(self._active()), len(orders))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_assigning_while_orders_of_the_same_customers_are_confirmed(self):
        orders = self.made["orders"][: 400 if WHOLE else 30]
        sold = orders[::3]

        def confirm(env):
            for order in env(user=SUPERUSER_ID)["sale.order"].browse(sold):
                order.action_confirm()

        outcomes = self._race(self._shared(orders), confirm)
        self.assertFalse([outcome for outcome in outcomes if isinstance(outcome, Exception)])
        with self._env() as env:
            # Depending on the order: assigned and then resolved by the sale, or sold and then not assignable.
            for order in env["sale.order"].browse(sold):
                self.assertEqual(order.state, "sale")
                states = order.partner_id.leads_assignment_ids.mapped("state")
                self.assertEqual((order.leads_agent_id.id, states.count("active")), (False, 0), order.id)
            kept = env["sale.order"].browse(orders) - env["sale.order"].browse(sold)
            self.assertEqual(len(kept.filtered("leads_agent_id")), len(kept))
        figure("races", "confirming meanwhile: orders", len(orders))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_assigning_while_an_agent_is_archived(self):
        orders = self.made["orders"][: 2_000 if WHOLE else 60]
        gone = self.made["agents"][0]

        def archive(env):
            env(user=SUPERUSER_ID)["res.users"].browse(gone).action_archive()

        outcomes = self._race(self._shared(orders), archive)
        self.assertFalse([outcome for outcome in outcomes if isinstance(outcome, Exception)])
        with self._env() as env:
            held = env["leads.agent.assignment"].search_count([("agent_id", "=", gone), ("state", "=", "active")])
            self.assertEqual(held, 0, "whoever was first, nobody who is archived holds a lead")
            env["res.users"].browse(gone).active = True
        figure("races", "archiving an agent meanwhile: leads left with them", held)
