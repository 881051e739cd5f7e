import threading
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import AGENT, MANAGER


class RaceCase(BaseCase):
    """Several managers at the same moment, with cursors and threads of their own. What is committed is removed."""

    LEADS = 40
    PATIENCE = 60

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The test runner holds the lock of the registries, which every new environment of a thread asks for.
        self.patch(Registry, "_lock", DummyRLock())
        self.made = {}
        self.addCleanup(self._clean)
        with self._env() as env:
            agents = env["res.users"].create(
                [
                    {
                        "name": login,
                        "login": login,
                        "group_ids": [Command.set(env.ref(AGENT).ids)],
                    }
                    for login in ("race_agent_1", "race_agent_2")
                ]
            )
            manager = env["res.users"].create(
                {"name": "race_manager", "login": "race_manager", "group_ids": [Command.set(env.ref(MANAGER).ids)]}
            )
            env = env(context={"tracking_disable": True})
            partners = env["res.partner"].create(
                [{"name": f"Race {nr}", "is_company": True} for nr in range(self.LEADS)]
            )
            orders = env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
            self.made = {
                "agents": agents.ids,
                "manager": manager.id,
                "partners": partners.ids,
                "orders": orders.ids,
            }

    def _env(self, uid=SUPERUSER_ID):
        return _CommittedEnv(self.registry, uid)

    def _clean(self):
        if not self.made:
            return
        with self._env() as env:
            orders = env["sale.order"].browse(self.made["orders"]).exists()
            users = env["res.users"].browse([*self.made["agents"], self.made["manager"]])
            self._forget_assignments(env)
            orders.filtered(lambda order: order.state == "sale").write({"state": "cancel"})
            orders.unlink()
            env["res.partner"].browse(self.made["partners"]).unlink()
            partners = users.partner_id
            env["mail.message"].search([("author_id", "in", partners.ids)]).unlink()
            users.unlink()
            partners.exists().unlink()

    def _forget_assignments(self, env):
        """Delete all assignments and batches."""
        env.cr.execute("DELETE FROM leads_agent_assignment WHERE partner_id = ANY(%s)", [self.made["partners"]])
        env.cr.execute("DELETE FROM leads_agent_batch_assign WHERE create_uid = %s", [self.made["manager"]])
        env.cr.execute("UPDATE res_partner SET leads_agent_id = NULL WHERE id = ANY(%s)", [self.made["partners"]])
        env.cr.execute("UPDATE sale_order SET leads_agent_id = NULL WHERE id = ANY(%s)", [self.made["orders"]])
        env.invalidate_all()

    def _race(self, *calls):
        """Run the calls in threads that start together, each as an RPC request would run: retried by Odoo."""
        barrier = threading.Barrier(len(calls))
        outcomes = [None] * len(calls)

        def run(index, call):
            try:
                with self.registry.cursor() as cursor:
                    env = api.Environment(cursor, self.made["manager"], {})
                    env["res.users"].browse(self.made["manager"]).read(["name"])  # the snapshot, as at authentication
                    barrier.wait(20)
                    outcomes[index] = retrying(lambda: call(env), env)
            except Exception as error:
                outcomes[index] = error

        threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(self.PATIENCE)
        return outcomes

    def _active(self):
        with self._env() as env:
            return env["leads.agent.assignment"].search_read(
                [("partner_id", "in", self.made["partners"]), ("state", "=", "active")], ["partner_id", "agent_id"]
            )

    def _assign(self, agent_id, partner_id):
        def call(env):
            return env["leads.agent.assign"].create({"agent_id": agent_id, "partner_id": partner_id}).action_assign()

        return call

    def _batch(self, agent_id, order_ids):
        def call(env):
            batch = env["leads.agent.batch.assign"].create({"agent_id": agent_id, "selected_order_ids": order_ids})
            batch.action_assign()
            return sorted(batch.line_ids.mapped("result"))

        return call


@tagged("post_install", "-at_install")
class TestConcurrency(RaceCase):
    """Simultaneous operations on the same lead: only one succeeds."""

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_managers_assign_the_same_customer(self):
        first, second = self.made["agents"]
        for partner_id in self.made["partners"][:5]:
            outcomes = self._race(self._assign(first, partner_id), self._assign(second, partner_id))
            errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
            self.assertEqual(len(errors), 1, outcomes)
            self.assertIsInstance(errors[0], UserError)
            self.assertIn("already holds", str(errors[0]))
        self.assertEqual(len(self._active()), 5)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_managers_assign_overlapping_batches_in_opposite_order(self):
        first, second = self.made["agents"]
        orders = self.made["orders"]
        one, two = self._race(self._batch(first, orders[:30]), self._batch(second, orders[:9:-1]))
        self.assertIsInstance(one, list, one)
        self.assertIsInstance(two, list, two)
        active = self._active()
        self.assertEqual(len(active), 40, "nothing lost")
        self.assertEqual(len({row["partner_id"] for row in active}), 40, "nothing double")
        self.assertEqual((one + two).count("assigned"), 40)
        self.assertEqual((one + two).count("held"), 20)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_quotations_of_a_batch_cannot_be_deleted_before_they_stand_in_its_log(self):
        orders = self.made["orders"][:3]
        assign_chunk = self.registry["leads.agent.batch.assign"]._assign_chunk

        def delete_first(batch, *args, **kwargs):
            with self._env() as env, self.assertRaises(LockNotAvailable):
                env.cr.execute("SET LOCAL lock_timeout = '300ms'")
                env["sale.order"].browse(orders[0]).unlink()
            return assign_chunk(batch, *args, **kwargs)

        with patch.object(self.registry["leads.agent.batch.assign"], "_assign_chunk", delete_first):
            [outcome] = self._race(self._batch(self.made["agents"][0], orders))
        self.assertEqual(outcome, ["assigned"] * 3)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_resolving_and_unassigning_at_the_same_moment(self):
        agent = self.made["agents"][0]
        with self._env() as env:
            env = env(user=self.made["manager"])
            self._assign(agent, self.made["partners"][0])(env)
            assignment_id = env["leads.agent.assignment"].search([("partner_id", "=", self.made["partners"][0])]).id
            disposition_id = env.ref("leads_agent.disposition_not_interested").id

        def resolve(env):
            return (
                env["leads.agent.resolve"]
                .create({"assignment_id": assignment_id, "disposition_id": disposition_id})
                .action_resolve()
            )

        def unassign(env):
            return env["leads.agent.assignment"].browse(assignment_id).action_unassign()

        outcomes = self._race(resolve, unassign)
        for outcome in outcomes:
            self.assertNotIsInstance(outcome, Exception if not isinstance(outcome, UserError) else type(None))
        with self._env() as env:
            assignment = env["leads.agent.assignment"].browse(assignment_id)
            self.assertIn(assignment.state, ("resolved", "unassigned"))
            self.assertEqual(bool(assignment.disposition_id), assignment.state == "resolved")
            self.assertFalse(assignment.partner_id.leads_agent_id)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_assigning_while_the_order_is_confirmed(self):
        agent = self.made["agents"][0]

        def confirm(env):
            return env(user=SUPERUSER_ID)["sale.order"].browse(self.made["orders"][0]).action_confirm()

        self._race(self._assign(agent, self.made["partners"][0]), confirm)
        with self._env() as env:
            order = env["sale.order"].browse(self.made["orders"][0])
            self.assertEqual(order.state, "sale")
            active = env["leads.agent.assignment"].search(
                [("partner_id", "=", self.made["partners"][0]), ("state", "=", "active")]
            )
            self.assertEqual(order.partner_id.leads_agent_id, active.agent_id)
            self.assertEqual(order.leads_agent_id, active.agent_id)


class _CommittedEnv:
    """``with`` an environment whose work is committed."""

    def __init__(self, registry, uid):
        self.registry, self.uid = registry, uid

    def __enter__(self):
        self.cursor = self.registry.cursor()
        return api.Environment(self.cursor, self.uid, {})

    def __exit__(self, error_type, error, traceback):
        try:
            if error_type is None:
                self.cursor.commit()
        finally:
            self.cursor.close()
