from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOffers(OfferCommon):
    """The life cycle of an offer: accept, decline, miss, another chance, shark tank, catch-all."""

    def _points(self, user):
        return sum(self.env["leads.agent.score.entry"].search([("agent_id", "=", user.id)]).mapped("points"))

    def _as(self, offer, user=None):
        return offer.with_user(user or offer.agent_id)

    def test_an_accepted_lead_is_assigned_at_once(self):
        lead = self._incoming()
        action = self._as(self._live(lead)).action_accept()
        self.assertEqual((lead.user_id, lead.leads_offer_state), (self.agent, "accepted"))
        self.assertEqual(lead.team_id, self.call_center)
        self.assertEqual(action["res_id"], lead.id)
        assignment = self._active(lead.partner_id)
        self.assertEqual((assignment.agent_id, assignment.source), (self.agent, "offer"))
        self.assertTrue(assignment.reason)
        self.assertEqual(self._points(self.agent), 2)
        deadlines = lead.activity_ids.filtered(lambda activity: activity.user_id == self.agent).mapped("date_deadline")
        today = fields.Date.context_today(self.agent.with_user(self.agent))
        self.assertEqual(sorted((day - today).days for day in deadlines), [1, 7, 21])

    def test_a_declined_lead_goes_to_the_next_at_once(self):
        lead = self._incoming()
        reason = self.env.ref("leads_agent_offer.decline_reason_busy")
        self._as(self._live(lead)).action_decline(reason.id, "In a meeting")
        self.assertEqual(self._holder(lead), self.other_agent)
        declined = lead.leads_offer_ids.filtered(lambda offer: offer.state == "declined")
        self.assertEqual((declined.decline_reason_id, declined.decline_note), (reason, "In a meeting"))
        self.assertEqual(self._points(self.agent), 1)

    def test_a_missed_offer_goes_to_the_next_and_costs_five_points(self):
        lead = self._incoming()
        self._pass_time(minutes=5, seconds=1)
        self.assertEqual(self._holder(lead), self.other_agent)
        self.assertEqual(self._points(self.agent), -5)
        self.assertEqual(self.profiles[self.agent].score, 95)

    def test_an_offer_past_its_time_cannot_be_accepted_though_no_job_ran(self):
        offer = self._live(self._incoming())
        with freeze_time(offer.deadline), self.assertRefused(UserError, "time to answer is over"):
            self._as(offer).action_accept()
        with freeze_time(offer.deadline - timedelta(seconds=1)):
            self._as(offer).action_accept()

    def test_miss_another_chance_accept_nets_zero(self):
        lead = self._incoming()
        missed = self._live(lead)
        self._pass_time(minutes=6)
        self._as(missed).action_request_again()
        self.assertEqual(self._holder(lead), self.other_agent, "nothing is taken from who holds the offer")
        self._as(self._live(lead)).action_decline()
        self.assertEqual(self._holder(lead), self.agent)
        self._as(self._live(lead)).action_accept()
        self.assertEqual(self._points(self.agent), 0)
        self.assertEqual(lead.user_id, self.agent)

    def test_another_chance_is_offered_at_once_when_nobody_has_the_lead(self):
        self.profiles[self.other_agent].active = False
        lead = self._incoming()
        missed = self._live(lead)
        self._pass_time(minutes=6)
        self.assertEqual(lead.leads_offer_state, "waiting")
        self._as(missed).action_request_again()
        self.assertEqual(self._holder(lead), self.agent)

    def test_no_other_chance_once_somebody_has_the_lead(self):
        lead = self._incoming()
        missed = self._live(lead)
        self._pass_time(minutes=6)
        self._as(self._live(lead)).action_accept()
        with self.assertRefused(UserError, "cannot ask for another chance"):
            self._as(missed).action_request_again()

    def test_the_shark_tank_is_for_those_who_missed(self):
        self.env.company.leads_offer_shark_minutes = 30
        third = self._user("agent_cleo", "leads_agent.group_leads_agent")
        self.call_center.crm_team_member_ids = [Command.create({"user_id": third.id})]
        self._profile(third)
        lead = self._incoming()
        first = self._live(lead)
        self._pass_time(minutes=6)
        self._as(self._live(lead)).action_decline()
        last = self._live(lead)
        self.assertEqual((first.agent_id, last.agent_id), (self.agent, third))
        self._pass_time(minutes=12)
        self.assertEqual(lead.leads_offer_state, "shark_tank")
        sharks = self._live(lead)
        self.assertEqual(sharks.agent_id, self.agent | third)
        self._as(sharks.filtered(lambda offer: offer.agent_id == third)).action_accept()
        self.assertEqual(lead.user_id, third)
        with self.assertRefused(UserError, "no longer available"):
            self._as(sharks.filtered(lambda offer: offer.agent_id == self.agent)).action_accept()

    def test_after_the_shark_tank_comes_the_catch_all(self):
        self.env.company.write(
            {"leads_offer_shark_minutes": 30, "leads_offer_catch_all_ids": [Command.set(self.manager.ids)]}
        )
        lead = self._incoming()
        self._pass_time(minutes=6)
        self._pass_time(minutes=12)
        self.assertEqual(lead.leads_offer_state, "shark_tank")
        self._pass_time(minutes=60)
        self.assertEqual(lead.leads_offer_state, "catch_all")
        self.assertEqual(self._holder(lead), self.manager)
        self.assertEqual((self._points(self.agent), self._points(self.other_agent)), (-5, -5))

    def test_a_manager_of_the_catch_all_takes_the_lead(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        lead = self._incoming()
        for _nr in range(2):
            self._as(self._live(lead)).action_decline()
        offer = self._live(lead).with_user(self.manager)
        self.assertTrue(offer.is_mine)
        offer.action_accept()
        self.assertEqual((lead.user_id, lead.leads_offer_state), (self.manager, "accepted"))
        self.assertFalse(self._active(lead.partner_id), "who does not call holds no leads")

    def test_the_catch_all_assigns_to_an_agent(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        lead = self._incoming()
        for _nr in range(2):
            self._as(self._live(lead)).action_decline()
        self.assertEqual(lead.leads_offer_state, "catch_all")
        self._as(self._live(lead)).action_assign_to(self.other_agent.id)
        self.assertEqual(lead.user_id, self.other_agent)
        self.assertEqual(self._points(self.other_agent), 2, "declined, then assigned")

    def test_the_catch_all_edits_and_resubmits(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        self._skill(self.other_agent, self._tag("solar"))
        lead = self._incoming("A roof")
        for _nr in range(2):
            self._as(self._live(lead)).action_decline()
        self._as(self._live(lead)).action_resubmit(name="A solar roof")
        self.assertEqual((lead.name, lead.leads_offer_state), ("A solar roof", "offered"))
        self.assertEqual(self._holder(lead), self.other_agent)

    def test_a_lone_agent_who_declined_is_asked_again(self):
        self.profiles[self.other_agent].active = False
        lead = self._incoming()
        self._as(self._live(lead)).action_decline()
        self.assertEqual(self._holder(lead), self.agent)
        self._as(self._live(lead)).action_decline()
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertIn("Everybody who qualifies was asked", lead.leads_waiting_reason)

    def test_at_most_so_many_agents(self):
        self.env.company.leads_offer_most_agents = 1
        lead = self._incoming()
        self._as(self._live(lead)).action_decline()
        self.assertFalse(self._live(lead))
        self.assertEqual(lead.leads_offer_state, "waiting")

    def test_nobody_there_is_looked_for_again(self):
        (self.agent | self.other_agent).leads_available = False
        lead = self._incoming()
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.agent.leads_available = True
        lead.with_user(self.manager).action_leads_route()
        self.assertEqual(self._holder(lead), self.agent)

    def test_the_clock_stops_outside_the_hours_of_the_agent(self):
        self.env.company.write({"leads_offer_stop_clock": True, "leads_offer_minutes": 60})
        self.agent.leads_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Weekdays",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *[
                        Command.create({"name": "x", "dayofweek": str(day), "hour_from": 9, "hour_to": 17})
                        for day in range(5)
                    ],
                ],
            }
        )
        with freeze_time("2026-11-20 16:30:00"):  # a Friday
            offer = self._live(self._incoming())
            self.assertEqual(offer.agent_id, self.agent)
            self.assertEqual(offer.deadline, fields.Datetime.to_datetime("2026-11-23 09:30:00"))

    # ------------------------------------------------------------------
    # Events in between
    # ------------------------------------------------------------------

    def test_a_lead_that_is_won_lost_archived_or_given_away_is_taken_back(self):
        for what in ("action_set_won", "action_set_lost", "action_archive", "owner"):
            with self.subTest(what):
                lead = self._incoming()
                offer = self._live(lead)
                if what == "owner":
                    lead.user_id = self.salesperson
                else:
                    getattr(lead, what)()
                self.assertEqual(offer.state, "recalled")
                with self.assertRefused(UserError, "no longer available"):
                    self._as(offer).action_accept()
        self.assertFalse(self.env["leads.agent.score.entry"].search([]))

    def test_a_deleted_or_merged_lead(self):
        lead, other = self._incoming(), self._incoming(email_from="b@example.com", phone="+32 470 99 99 99")
        offer = self._live(lead)
        (lead | other).merge_opportunity()
        self.assertFalse(self.env["leads.agent.offer"].search([("id", "=", offer.id), ("state", "=", "offered")]))
        third = self._incoming()
        offer = self._live(third)
        third.unlink()
        self.assertFalse(offer.exists())

    def test_an_agent_who_is_archived_loses_nothing_for_others(self):
        lead = self._incoming()
        self.agent.active = False
        self.assertEqual(self._holder(lead), self.other_agent, "at once")
        self.assertFalse(self._points(self.agent))

    def test_a_manager_takes_an_offer_back_without_points(self):
        lead = self._incoming()
        offer = self._live(lead)
        lead.with_user(self.manager).action_leads_recall()
        self.assertEqual((offer.state, lead.leads_offer_state), ("recalled", "held"))
        self.assertEqual(self._points(self.agent), 0)

    def test_used_offers_say_what_became_of_them(self):
        lead = self._incoming()
        offer = self._live(lead)
        self._as(offer).action_accept()
        with self.assertRefused(UserError, "already accepted this lead"):
            self._as(offer).action_accept()
        with self.assertRefused(UserError, "already accepted this lead"):
            self._as(offer).action_decline()

    def test_offers_of_others(self):
        offer = self._live(self._incoming())
        for name in ("action_accept", "action_decline", "action_request_again", "action_open"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(offer.with_user(self.other_agent), name)()
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(offer.with_user(self.manager), name)()

    # ------------------------------------------------------------------
    # Feedback
    # ------------------------------------------------------------------

    def test_each_thing_told_gives_a_point_up_to_four(self):
        lead = self._incoming()
        self._as(self._live(lead)).action_accept()
        for outcome in ("Wants a visit", "Visited", "Signed"):
            self.env["leads.agent.feedback"].with_user(self.agent).create(
                {"lead_id": lead.id, "conversion": "progress", "expected_revenue": 900, "outcome": outcome}
            ).action_tell()
        self.assertEqual(self._points(self.agent), 2 + 4)
        self.assertEqual(lead.expected_revenue, 900)
        self.assertEqual(len(lead.activity_ids), 0, "each request was answered")

    def test_won_and_lost_move_the_stage(self):
        for conversion in ("won", "lost"):
            lead = self._incoming(email_from=f"{conversion}@example.com", phone=False)
            offer = self._live(lead)
            self._as(offer).action_accept()
            self.env["leads.agent.feedback"].with_user(offer.agent_id).create(
                {"lead_id": lead.id, "conversion": conversion}
            ).action_tell()
            self.assertEqual((lead.won_status, lead.leads_conversion), (conversion, conversion))

    def test_only_the_owner_tells(self):
        lead = self._incoming()
        self._as(self._live(lead)).action_accept()
        with self.assertRaises(AccessError):
            self.env["leads.agent.feedback"].with_user(self.other_agent).create(
                {"lead_id": lead.id, "conversion": "won"}
            ).action_tell()
