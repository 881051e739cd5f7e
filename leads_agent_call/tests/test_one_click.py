from freezegun import freeze_time

from odoo.tests import tagged

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestOneClick(DeskCommon):
    """Outcomes without further questions or irreversible effects are logged with one click."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.busy = cls.env.ref("leads_agent.disposition_busy")

    def _outcomes(self, customer=None):
        self.env.flush_all()
        self.env.invalidate_all()
        dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
        return {row["id"]: row for row in dashboard.get_lead((customer or self.customer).id)["dispositions"]}

    def _log(self, disposition, call=None):
        """Return the response for the web client, as JSON."""
        return (call or self._start()).log_outcome(disposition.id)

    def test_no_answer_and_busy_say_what_happened(self):
        call = self._start()
        self.assertEqual(
            self._log(self.no_answer, call),
            {
                "logged": {
                    "call_id": call.id,
                    "customer": "Harbour Café",
                    "outcome": "No answer",
                    "effects": ["Attempt 1 of 6.", "The lead comes back to you in 4 hours."],
                    "undo_seconds": 10,
                }
            },
        )
        self.assertEqual((call.state, call.disposition_id), ("done", self.no_answer))
        logged = self._log(self.busy)["logged"]
        self.assertEqual(logged["effects"], ["Attempt 2 of 10.", "The lead comes back to you in 30 minutes."])
        self.assertEqual(self.assignment.attempt_count, 2)

    def test_the_answer_of_the_server_and_what_it_does_agree_for_every_outcome(self):
        """The data in `get_lead` on an outcome match the effects of `log_outcome`."""
        self._extremes()
        self._start()
        kinds = {row["name"]: row["is_one_click"] for row in self._outcomes().values()}
        self.assertEqual(
            {name for name, one_click in kinds.items() if one_click}, {"No answer", "Busy", "Voicemail", "Kept"}
        )
        for nr, row in enumerate(self._outcomes().values()):
            customer = self._callable(f"Customer {nr}")
            with self.subTest(row["name"]):
                self._assign(customer)
                self.env["leads.agent.call"].search([("state", "!=", "done")])._end({})
                call = self._start(customer)
                offered = self._outcomes(customer)[row["id"]]
                answer = call.log_outcome(row["id"])
                self.assertEqual(offered["is_one_click"], "logged" in answer)
                self.assertEqual(call.state, "done" if "logged" in answer else "talking")
                if "logged" in answer:
                    self.assertEqual(answer["logged"]["effects"], offered["effects"])

    def _extremes(self):
        """Create an outcome for each condition that excludes one click, otherwise like *No answer*."""
        template = self.env["mail.template"].create(
            {"name": "Hello", "model_id": self.env["ir.model"]._get_id("res.partner"), "subject": "Hello"}
        )
        activity = self.env.ref("mail.mail_activity_data_todo")
        quiet = {"fate": "keep", "is_contact": False}
        for name, vals in {
            "Kept": {},
            "Reached": {"is_contact": True},
            "Asks for a note": {"needs_note": True},
            "Asks for a moment": {"asks_callback": True},
            "Closes the Lead": {"fate": "close"},
            "Releases": {"fate": "release"},
            "Blocks": {"fate": "close", "do_not_call": True},
            "Cancels": {"fate": "close", "quotation": "cancel"},
            "Extends": {"quotation": "extend", "quotation_days": 3},
            "Plans": {"activity_type_id": activity.id},
            "Sends": {"mail_template_id": template.id},
            "Last attempt": {"retry_minutes": 5, "most_attempts": 1, "exhausted": "release"},
        }.items():
            self._disposition(name=name, **quiet | vals)

    def test_when_the_lead_comes_back_is_said_before(self):
        self._start()
        outcomes = self._outcomes()
        self.assertEqual(outcomes[self.no_answer.id]["again_at"], "2026-11-25 14:00:00")
        self.assertEqual(
            outcomes[self.busy.id]["effects"], ["Attempt 1 of 10.", "The lead comes back to you in 30 minutes."]
        )
        self.assertFalse(outcomes[self.disposition.id]["again_at"])
        self.assertEqual(
            outcomes[self.disposition.id]["effects"], ["The lead is closed, and not assigned again for 90 days."]
        )

    def test_a_callback_that_is_called_too_early_says_when_it_is_due(self):
        self.agent.tz = "Europe/Brussels"
        self._callback()
        with freeze_time("2026-11-26 13:30:00"):
            self._start()
            outcome = self._outcomes()[self.no_answer.id]
        self.assertEqual(outcome["again_at"], "2026-11-26 17:30:00")
        self.assertRegex(outcome["effects"][-1], "The callback stays open, for 11/26/26, 6:30.PM")

    def test_the_last_attempt_asks(self):
        self.assignment.sudo().attempt_count = 5
        call = self._start()
        self.assertFalse(self._outcomes()[self.no_answer.id]["is_one_click"])
        answer = self._log(self.no_answer, call)
        self.assertEqual(
            (answer["action"]["res_model"], answer["action"]["name"]), ("leads.agent.outcome", "No answer")
        )
        self.assertEqual(answer["action"]["context"]["default_disposition_id"], self.no_answer.id)
        self.assertEqual((call.state, self.assignment.attempt_count), ("talking", 5))

    def test_the_server_decides_when_it_is_logged(self):
        """The page was loaded before a manager changed the outcome to close the lead."""
        call = self._start()
        self.assertTrue(self._outcomes()[self.no_answer.id]["is_one_click"])
        self.no_answer.with_user(self.manager).write({"fate": "close", "retry_minutes": 0, "most_attempts": 0})
        self.assertIn("action", self._log(self.no_answer, call))
        self.assertEqual((call.state, self.assignment.state), ("talking", "active"))

    def test_a_lead_that_was_taken_away_asks(self):
        call = self._start()
        self.assignment.with_user(self.manager).action_unassign()
        self.assertFalse(self._outcomes()[self.no_answer.id]["is_one_click"])
        self.assertIn("action", self._log(self.no_answer, call))

    def test_an_outcome_that_is_gone_opens_the_form_with_the_list(self):
        call, gone = self._start(), self._disposition()
        gone.unlink()
        action = self._log(gone, call)["action"]
        self.assertEqual((action["name"], action["context"]["default_disposition_id"]), ("Outcome of the Call", False))

    def test_it_costs_a_few_queries_during_a_call(self):
        """The same number for twenty more outcomes."""
        self._callback()
        costs = []
        with freeze_time("2026-11-26 13:30:00"):
            self._start()
            for _time in range(2):
                self._outcomes()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(self.customer.id)
                costs.append(self.env.cr.sql_log_count - before)
                for nr in range(20):
                    self._disposition(name=f"Closes {nr}")
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 32)
