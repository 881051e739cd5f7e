from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.test_concurrency import RaceCase


@tagged("post_install", "-at_install")
class TestLimitsConcurrency(RaceCase):
    """Caps hold when several managers assign leads to the same agent at the same moment."""

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_cap_holds_when_two_managers_fill_one_agent(self):
        agent = self.made["agents"][0]
        with self._env() as env:
            env["res.users"].browse(agent).leads_max_open = 12
        orders = self.made["orders"]
        outcomes = self._race(*(self._batch(agent, orders[start : start + 10]) for start in (0, 10, 20)))
        for outcome in outcomes:
            self.assertIsInstance(outcome, list, outcome)
        results = [result for outcome in outcomes for result in outcome]
        self.assertEqual((results.count("assigned"), results.count("capped")), (12, 18))
        self.assertEqual(len(self._active()), 12)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_last_place_goes_to_one_of_two_managers(self):
        agent = self.made["agents"][0]
        for nr in range(3):
            with self._env() as env:
                env["res.users"].browse(agent).leads_max_open = nr + 1
            first, second = self.made["partners"][2 * nr : 2 * nr + 2]
            outcomes = self._race(self._assign(agent, first), self._assign(agent, second))
            errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
            self.assertEqual(len(errors), 1, outcomes)
            self.assertIn("is full", str(errors[0]))
        self.assertEqual(len(self._active()), 3)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_workers_run_one_rule_and_give_each_lead_once(self):
        with self._env() as env:
            team = env["crm.team"].create(
                {
                    "name": "Race",
                    "crm_team_member_ids": [Command.create({"user_id": agent}) for agent in self.made["agents"]],
                }
            )
            rule = env["leads.agent.rule"].create(
                {
                    "name": "Race",
                    "team_id": team.id,
                    "customer_domain": "[('name', '=like', 'Race %')]",
                    "daily_cap": 25,
                }
            )
            rule_id, team_id = rule.id, team.id
        self.addCleanup(self._remove_rule, rule_id, team_id)

        def run(env):
            return env["leads.agent.rule"].browse(rule_id).action_run()

        outcomes = self._race(run, run, run)
        with self._env() as env:
            rule = env["leads.agent.rule"].browse(rule_id)
            self.assertEqual(rule.given_count, 25, outcomes)
        active = self._active()
        self.assertEqual(len({row["partner_id"] for row in active}), len(active))
        self.assertEqual(len(active), 25)

    def _remove_rule(self, rule_id, team_id):
        with self._env() as env:
            env["leads.agent.rule"].browse(rule_id).unlink()
            env["crm.team"].browse(team_id).unlink()
