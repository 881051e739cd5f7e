from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.test_concurrency import RaceCase


@tagged("post_install", "-at_install")
class TestCallRaces(RaceCase):
    """Two transactions at the same moment, on one customer or one call."""

    LEADS = 1

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.hours = (
                env["leads.agent.calling.hours"]
                .search([])
                .read(["country_id", "state_id", "days", "hour_from", "hour_to", "source"], load="")
            )
            env["leads.agent.calling.hours"].search([]).unlink()
            env["res.partner"].browse(self.made["partners"]).phone = "+32 2 555 01 01"
            self.stays = env["leads.agent.disposition"].create({"name": "Race", "fate": "keep"}).id

    def _clean(self):
        with self._env() as env:
            for table in ("leads_agent_callback", "leads_agent_call"):
                env.cr.execute(f"DELETE FROM {table} WHERE partner_id = ANY(%s)", [self.made["partners"]])
            env["leads.agent.disposition"].browse(self.stays).unlink()
            env["leads.agent.calling.hours"].create(
                [{name: value for name, value in row.items() if name != "id"} for row in self.hours]
            )
        return super()._clean()

    def _as(self, agent, call):
        return lambda env: call(env(user=self.made["agents"][agent]))

    def _start(self, env):
        return env["leads.agent.call"].start(self.made["partners"][0])["call_id"]

    def _count(self, model, **values):
        domain = [("partner_id", "in", self.made["partners"]), *((name, "=", value) for name, value in values.items())]
        with self._env() as env:
            return env[model].search_count(domain)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_agents_call_the_same_customer(self):
        outcomes = self._race(self._as(0, self._start), self._as(1, self._start))
        [refusal] = [outcome for outcome in outcomes if not isinstance(outcome, int)]
        self.assertIsInstance(refusal, (UserError, ValidationError))
        self.assertRegex(str(refusal), "talking to this customer|on the phone with")
        self.assertEqual(self._count("leads.agent.call"), 1)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_agent_starts_the_same_call_in_two_tabs(self):
        outcomes = self._race(self._as(0, self._start), self._as(0, self._start))
        self.assertEqual(self._count("leads.agent.call"), 1)
        self.assertTrue(any(isinstance(outcome, int) for outcome in outcomes))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_an_outcome_is_logged_once(self):
        with self._env(self.made["agents"][0]) as env:
            call_id = self._start(env)

        def finish(env):
            return env["leads.agent.call"].browse(call_id).finish(self.stays, "Once")

        outcomes = self._race(self._as(0, finish), self._as(0, finish))
        self.assertEqual(outcomes.count(True), 1)
        [refusal] = [outcome for outcome in outcomes if outcome is not True]
        self.assertRegex(str(refusal), "outcome .*already")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_promises_to_one_customer(self):
        def promise(env):
            return (
                env["leads.agent.callback"]
                .create({"partner_id": self.made["partners"][0], "due_at": datetime.now() + timedelta(hours=1)})
                .id
            )

        outcomes = self._race(self._as(0, promise), self._as(1, promise))
        self.assertEqual(self._count("leads.agent.callback", state="open"), 1)
        [refusal] = [outcome for outcome in outcomes if not isinstance(outcome, int)]
        self.assertRegex(str(refusal), "open already")
