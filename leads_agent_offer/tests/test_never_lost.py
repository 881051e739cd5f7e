from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestNeverLost(OfferCommon):
    """An offered lead always has an owner, a live offer, or a reason and a next check, whatever happens."""

    def _points(self, user):
        return self.env["leads.agent.score.entry"].search([("agent_id", "=", user.id)]).mapped("cause")

    def _answer(self, lead, answer):
        getattr(self._live(lead).with_user(self._holder(lead)), f"action_{answer}")()

    def _two(self, **vals):
        return self._incoming("One", **vals), self._incoming(
            "Two", **{"email_from": "b@example.com", "phone": False, **vals}
        )

    # ------------------------------------------------------------------
    # Agents
    # ------------------------------------------------------------------

    def test_agents_who_are_back_are_seen_at_the_next_look(self):
        tag = self._tag("solar", need="required")
        for how, away, back in (
            (
                "switched off",
                lambda: self._switch(False),
                lambda: self._switch(True),
            ),
            ("no profile", self._without_profiles, lambda: self._profile(self.agent)),
            ("another tag", lambda: None, lambda: self._skill(self.agent, tag)),
            (
                "full",
                self._fill_up,
                lambda: self.agent.write({"leads_max_open": 5}),
            ),
        ):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                away()
                lead = self._incoming("solar roof" if how == "another tag" else "A roof")
                self.assertEqual(lead.leads_offer_state, "waiting")
                self.assertTrue(lead.leads_waiting_reason)
                self.assertLessEqual(lead.leads_offer_until, fields.Datetime.now() + timedelta(minutes=5))
                audits = len(lead.leads_routing_ids)
                with freeze_time(fields.Datetime.now() + timedelta(minutes=5, seconds=1)):
                    self._run_job()
                    self.assertEqual(lead.leads_offer_state, "waiting")
                    self.assertEqual(len(lead.leads_routing_ids), audits, "nothing new, no new audit")
                    back()
                with freeze_time(fields.Datetime.now() + timedelta(minutes=10, seconds=3)):
                    self._run_job()
                    self.assertEqual(self._holder(lead), self.agent)
                    self.assertEqual(lead.leads_routing_ids[0].agent_id, self.agent, "the audit says why")
                savepoint.rollback()
                self.env.invalidate_all()

    def _switch(self, available):
        (self.agent | self.other_agent).leads_available = available

    def _fill_up(self):
        for agent in self.agent | self.other_agent:
            agent.leads_max_open = 1
            self._assign(self._lead(f"Customer of {agent.name}"), agent)

    def _without_profiles(self):
        for profile in self.profiles.values():
            profile.unlink()

    def test_whoever_is_back_comes_before_the_catch_all(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        self.other_agent.leads_available = False
        lead = self._incoming()
        self.other_agent.leads_available = True
        self._answer(lead, "decline")
        self.assertEqual(self._holder(lead), self.other_agent)
        self._answer(lead, "decline")
        self.assertEqual(self._holder(lead), self.manager)
        self._answer(lead, "decline")
        self.assertEqual((lead.leads_offer_state, bool(lead.leads_offer_until)), ("waiting", True))
        third = self._user("agent_cleo", "leads_agent.group_leads_agent")
        self.call_center.crm_team_member_ids = [Command.create({"user_id": third.id})]
        self._pass_time(minutes=6)
        self.assertEqual(lead.leads_waiting_reason, "The catch-all declined the lead.", "nobody is asked twice")
        self._profile(third)
        self._pass_time(minutes=12)
        self.assertEqual(self._holder(lead), third)

    def test_what_is_offered_to_somebody_who_is_gone_goes_on_at_once_without_points(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        for how, leave in (
            ("archived", lambda agent: agent.action_archive()),
            ("no agent any more", lambda agent: agent.write({"group_ids": [Command.clear()]})),
            (
                "by the group",
                lambda agent: self.env.ref("leads_agent.group_leads_agent").write(
                    {"user_ids": [Command.unlink(agent.id)]}
                ),
            ),
            (
                "another company",
                lambda agent: agent.write({"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)]}),
            ),
            ("deleted", lambda agent: agent.unlink()),
        ):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                lead = self._incoming()
                self.assertEqual(self._holder(lead), self.agent)
                leave(self.agent)
                self.assertEqual(self._holder(lead), self.other_agent)
                self.assertFalse(self.env["leads.agent.score.entry"].search([]))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_last_agent_and_the_catch_all_are_gone(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        lead = self._incoming()
        self.other_agent.active = False
        self.agent.active = False
        self.assertEqual(self._holder(lead), self.manager)
        self.manager.active = False
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertTrue(lead.leads_waiting_reason and lead.leads_offer_until)
        self.other_agent.active = True
        self._pass_time(minutes=6)
        self.assertEqual(self._holder(lead), self.other_agent)

    def test_a_shark_tank_whose_agents_are_gone_goes_on(self):
        self.env.company.write({"leads_offer_shark_minutes": 60})
        lead = self._incoming()
        self._pass_time(minutes=6)
        self._pass_time(minutes=12)
        self.assertEqual(lead.leads_offer_state, "shark_tank")
        self.agent.active = False
        self.assertEqual(lead.leads_offer_state, "shark_tank", "the other one is in it")
        self.other_agent.active = False
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertTrue(lead.leads_offer_until)

    # ------------------------------------------------------------------
    # Restored and merged leads
    # ------------------------------------------------------------------

    def test_restored_leads_go_on_where_they_were(self):
        for how, end, back in (
            ("archive", "action_archive", "action_unarchive"),
            ("lost", "action_set_lost", "action_restore"),
            ("lost, unarchived", "action_set_lost", "action_unarchive"),
        ):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                lead = self._incoming()
                self._answer(lead, "decline")
                self.assertEqual(self._holder(lead), self.other_agent)
                getattr(lead, end)()
                self.assertFalse(self._live(lead))
                self._pass_time(minutes=30)
                getattr(lead, back)()
                self.assertEqual(lead.leads_offer_state, "offered")
                self.assertEqual(self._holder(lead), self.other_agent, "who declined is not asked again")
                self.assertEqual(self._points(self.other_agent), [])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_won_lead_that_is_open_again_and_one_that_lost_its_owner(self):
        lead = self._incoming()
        stage = lead.stage_id
        lead.action_set_won()
        self.assertFalse(self._live(lead))
        lead.stage_id = stage
        self.assertEqual(lead.leads_offer_state, "offered")
        lead.user_id = self.other_agent
        self.assertFalse(self._live(lead))
        lead.user_id = False
        self.assertEqual(self._holder(lead), self.agent)
        self._answer(lead, "accept")
        self._active(lead.partner_id)._end("unassigned")
        lead.user_id = False
        self.assertEqual(self._holder(lead), self.agent)
        self._answer(lead, "decline")
        self._answer(lead, "accept")
        self.assertEqual(lead.user_id, self.other_agent)

    def test_what_a_manager_holds_is_held_when_it_is_restored(self):
        lead = self._incoming()
        lead.with_user(self.manager).action_leads_recall()
        lead.action_archive()
        lead.action_unarchive()
        self.assertEqual(lead.leads_offer_state, "held")
        self.assertIn("Taken back by", lead.leads_waiting_reason)
        self._pass_time(hours=48)
        self.assertEqual(lead.leads_offer_state, "held")
        lead.with_user(self.manager).action_leads_release()
        self._pass_time(minutes=1)
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_restored_while_closed_it_is_held(self):
        lead = self._incoming()
        lead.action_archive()
        self.env.company.leads_offer_override = "closed"
        lead.action_unarchive()
        self.assertEqual(lead.leads_offer_state, "held")
        self.env.company.leads_offer_override = False
        self._pass_time(minutes=1)
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_merged_leads_go_on(self):
        """The remaining lead is offered; an agent who declined one of them is not offered it again."""
        for how in ("both offered", "one waits", "one is held", "one never routed"):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                first, second = self._two()
                if how == "one waits":
                    self._answer(first, "decline")
                    self._answer(first, "decline")
                elif how == "one is held":
                    self.env.company.leads_offer_override = "closed"
                    second = self._incoming("Three", email_from="c@example.com", phone=False)
                    self.env.company.leads_offer_override = False
                elif how == "one never routed":
                    second = self._incoming("Three", team_id=False, email_from="c@example.com", phone=False)
                decliner = self._holder(first)
                if how != "one waits":
                    self._answer(first, "decline")
                merged = (first | second).merge_opportunity()
                self.assertEqual(len((first | second).exists()), 1)
                if how == "one waits":
                    self.assertIn(merged.leads_offer_state, ("offered", "waiting"))
                    self.assertTrue(self._live(merged) or merged.leads_waiting_reason)
                else:
                    self.assertEqual(merged.leads_offer_state, "offered")
                    self.assertNotEqual(self._holder(merged), decliner)
                self.assertEqual(len(self._live(merged)), merged.leads_offer_state == "offered")
                causes = self.env["leads.agent.score.entry"].search([]).mapped("offer_id.lead_id")
                self.assertEqual(causes, merged, "points keep their offer")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_merged_with_one_that_somebody_owns(self):
        first, second = self._two()
        self._answer(first, "accept")
        merged = (first | second).merge_opportunity()
        self.assertEqual(merged.user_id, self.agent)
        self.assertFalse(self._live(merged))

    # ------------------------------------------------------------------
    # Held
    # ------------------------------------------------------------------

    def test_what_is_held_goes_on_one_by_one_when_the_setting_is_taken_back(self):
        never = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": [Command.clear()]})
        for setting, value, back in (
            ("leads_offer_override", "closed", False),
            ("leads_offer_override", "closed", "open"),
            ("leads_offer_intercept", True, False),
            ("leads_offer_calendar_id", never.id, False),
        ):
            with self.subTest(setting, back=back), self.env.cr.savepoint() as savepoint:
                self.env.company.leads_offer_spacing = 20
                self.env.company[setting] = value
                leads = self.env["crm.lead"].union(
                    *(self._incoming(f"Lead {nr}", email_from=f"l{nr}@example.com", phone=False) for nr in range(3))
                )
                self.assertEqual(set(leads.mapped("leads_offer_state")), {"held"})
                self.assertTrue(all(leads.mapped("leads_waiting_reason")))
                with freeze_time(fields.Datetime.now() + timedelta(hours=2)) as clock:
                    self.env.company[setting] = back
                    self._run_job()
                    states = [leads.mapped("leads_offer_state")]
                    for _nr in range(2):
                        clock.tick(timedelta(seconds=20))
                        self._run_job()
                        states.append(leads.mapped("leads_offer_state"))
                self.assertEqual([row.count("offered") for row in states], [1, 2, 3], states)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_opening_now_does_not_wait_for_the_hours_and_imports_stay_a_minute_apart(self):
        with freeze_time("2026-11-22 20:00:00") as clock:  # a Sunday
            self.env.company.leads_offer_calendar_id = self.env["resource.calendar"].create(
                {
                    "name": "Monday morning",
                    "tz": "UTC",
                    "attendance_ids": [
                        Command.clear(),
                        Command.create({"name": "x", "dayofweek": "0", "hour_from": 9, "hour_to": 12}),
                    ],
                }
            )
            leads = (
                self.env["crm.lead"]
                .with_context(import_file=True)
                .create([{"name": f"Row {nr}", "team_id": self.call_center.id, "user_id": False} for nr in range(3)])
            )
            self.assertEqual(leads[0].leads_offer_until, fields.Datetime.to_datetime("2026-11-23 09:00:00"))
            clock.move_to("2026-11-22 21:00:00")
            self.env.company.leads_offer_override = "open"
            moments = leads.mapped("leads_offer_until")
            self.assertEqual(moments[0], fields.Datetime.now())
            self.assertEqual([(moment - moments[0]).total_seconds() for moment in moments], [0, 60, 120])
            self.env.company.leads_offer_override = False
            self.assertEqual(leads[0].leads_offer_until, fields.Datetime.to_datetime("2026-11-23 09:00:00"))

    def test_release_lets_go_what_is_held_whatever_the_settings_say(self):
        for setting, value in (("leads_offer_intercept", True), ("leads_offer_override", "closed")):
            with self.subTest(setting), self.env.cr.savepoint() as savepoint:
                self.env.company[setting] = value
                lead, other = self._two()
                lead.with_user(self.manager).action_leads_release()
                self._pass_time(seconds=30)
                self.assertEqual((lead.leads_offer_state, other.leads_offer_state), ("offered", "held"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_releases_of_two_managers_are_spaced(self):
        self.env.company.write({"leads_offer_intercept": True, "leads_offer_spacing": 30})
        first, second = self._two()
        first.with_user(self.manager).action_leads_release()
        second.with_user(self.manager).action_leads_release()
        self.assertEqual((second.leads_offer_until - first.leads_offer_until).total_seconds(), 30)

    def test_taken_back_and_released_it_goes_on_where_it_was(self):
        lead = self._incoming()
        self._answer(lead, "decline")
        lead.with_user(self.manager).action_leads_recall()
        self.env.company.leads_offer_override = "open"
        self.env.company.leads_offer_override = False
        self._pass_time(minutes=6)
        self.assertEqual(lead.leads_offer_state, "held", "until a manager releases it")
        lead.with_user(self.manager).action_leads_release()
        self._pass_time(minutes=7)
        self.assertEqual(self._holder(lead), self.other_agent)
        self.assertEqual(self._points(self.agent), ["declined"])

    def test_hours_that_never_come_are_asked_again_the_next_day(self):
        self.env.company.leads_offer_calendar_id = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [Command.clear()]}
        )
        lead = self._incoming()
        self.assertTrue(lead.leads_offer_until and lead.leads_waiting_reason)
        self.env.company.leads_offer_calendar_id.attendance_ids = [
            Command.create({"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)
        ]
        self._pass_time(days=1, minutes=1)
        self.assertEqual(lead.leads_offer_state, "offered")
