from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestLedger(OfferCommon):
    """Points are added, never changed, and no user can create their own."""

    def setUp(self):
        super().setUp()
        self.offer = self._live(self._incoming())
        self.Entry = self.env["leads.agent.score.entry"]

    def _entry(self, cause="missed"):
        self.Entry._add(cause, self.offer)
        return self.Entry.search([("offer_id", "=", self.offer.id), ("cause", "=", cause)])

    def test_the_same_points_are_given_once(self):
        self._entry()
        self.assertEqual(len(self._entry()), 1)
        self.assertEqual(self.profiles[self.agent].score, 95)

    def test_points_cannot_be_forged_by_anybody(self):
        entry = self._entry()
        vals = {"agent_id": self.agent.id, "at": fields.Datetime.now(), "cause": "accepted", "points": 50}
        for user in (self.agent, self.manager, self.salesperson, self.env.ref("base.user_admin")):
            entries = self.Entry.with_user(user)
            with self.subTest(user.name), self.assertRaises(UserError):
                entries.create(vals)
            with self.subTest(user.name), self.assertRaises(UserError):
                entry.with_user(user).write({"points": 50})
            with self.subTest(user.name), self.assertRaises(UserError):
                entry.with_user(user).unlink()
        self.assertEqual(entry.points, -5)

    def test_agents_read_their_own_points_with_the_reason(self):
        entry = self._entry()
        self.assertEqual(self.Entry.with_user(self.agent).search([]), entry)
        self.assertIn("Did not answer an offer in time", entry.with_user(self.agent).explanation)
        self.assertFalse(self.Entry.with_user(self.other_agent).search([]))

    def test_a_manager_voids_points_and_says_why(self):
        entry = self._entry()
        with self.assertRefused(UserError, "Enter why"):
            entry.with_user(self.manager).action_void(" ")
        with self.assertRaises(AccessError):
            entry.with_user(self.agent).action_void("I was ill")
        entry.with_user(self.manager).action_void("Was in a meeting that we had called")
        self.assertEqual((entry.points, entry.counted, entry.voided_by_id), (-5, 0, self.manager))
        self.assertEqual(self.profiles[self.agent].score, 100)
        with self.assertRefused(UserError, "already been voided"):
            entry.with_user(self.manager).action_void("Again")

    def test_only_points_of_the_period_count(self):
        self._entry()
        self.env.company.leads_offer_score_days = 10
        for days, score in ((9, 95), (11, 100)):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                self.env.invalidate_all()
                self.assertEqual(self.profiles[self.agent].score, score)
