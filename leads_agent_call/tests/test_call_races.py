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
            self.in_vain = (
                env["leads.agent.disposition"]
                .create({"name": "Race in vain", "fate": "keep", "is_contact": False, "retry_minutes": 5})
                .id
            )

    def _clean(self):
        with self._env() as env:
            for table in ("leads_agent_callback", "leads_agent_call"):
                env.cr.execute(f"DELETE FROM {table} WHERE partner_id = ANY(%s)", [self.made["partners"]])
            env["leads.agent.disposition"].browse([self.stays, self.in_vain]).unlink()
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

    def _logged(self):
        """A call of the first agent with a lead of theirs, whose outcome can be undone."""
        with self._env(self.made["manager"]) as env:
            env["leads.agent.assign"].create(
                {"agent_id": self.made["agents"][0], "partner_id": self.made["partners"][0]}
            ).action_assign()
        with self._env(self.made["agents"][0]) as env:
            call = env["leads.agent.call"].browse(self._start(env))
            call.log_outcome(self.in_vain)
            return call.id

    def _undo(self, call_id):
        return self._as(0, lambda env: env["leads.agent.call"].browse(call_id).undo_outcome())

    def _attempts(self):
        domain = [("partner_id", "in", self.made["partners"]), ("state", "=", "active")]
        with self._env() as env:
            return env["leads.agent.assignment"].search(domain).mapped("attempt_count")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_an_outcome_is_undone_once(self):
        call_id = self._logged()
        self.assertEqual(self._attempts(), [1])
        outcomes = self._race(self._undo(call_id), self._undo(call_id))
        self.assertEqual(outcomes.count(True), 1)
        [refusal] = [outcome for outcome in outcomes if outcome is not True]
        self.assertIsInstance(refusal, UserError)
        self.assertRegex(str(refusal), "no outcome that could be undone|is being changed already")
        self.assertEqual((self._attempts(), self._count("leads.agent.call", state="wrap_up")), ([0], 1))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_an_outcome_is_undone_while_the_next_call_begins(self):
        """In two tabs of the agent: one action succeeds, and the other fails with the reason."""
        call_id = self._logged()
        outcomes = self._race(self._undo(call_id), self._as(0, self._start))
        happened = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
        running = self._count("leads.agent.call", state="talking") + self._count("leads.agent.call", state="wrap_up")
        self.assertEqual(running, 1)
        self.assertTrue(happened)
        undone = outcomes[0] is True
        self.assertEqual(self._attempts(), [0 if undone else 1])
        for refusal in outcomes:
            if isinstance(refusal, Exception):
                self.assertIsInstance(refusal, UserError | ValidationError)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_an_outcome_is_undone_while_the_lead_is_taken_back(self):
        call_id = self._logged()

        def take_back(env):
            domain = [("partner_id", "=", self.made["partners"][0]), ("state", "=", "active")]
            return env["leads.agent.assignment"].search(domain).action_unassign()

        undone, taken = self._race(self._undo(call_id), take_back)
        self.assertIs(taken, True)
        self.assertEqual(self._attempts(), [])
        if undone is not True:
            self.assertIsInstance(undone, UserError)
            self.assertRegex(str(undone), "The lead was changed")

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
        self.assertRegex(str(refusal), "already has an open callback")
