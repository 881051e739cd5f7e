from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon

# A Monday, and a Sunday
WORKDAY, SUNDAY = "2026-11-23 10:00:00", "2026-11-22 10:00:00"


@tagged("post_install", "-at_install")
class TestAvailability(LeadsAgentCommon):
    """Who is available: the agent's switch, working hours, leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agents = cls.agent | cls.other_agent
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mondays",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": "Monday", "dayofweek": "0", "hour_from": 9, "hour_to": 17}),
                ],
            }
        )

    def test_agents_without_hours_and_leave_are_always_there(self):
        for moment in (WORKDAY, SUNDAY):
            with freeze_time(moment):
                self.assertEqual(self.agents._leads_available(), self.agents)

    def test_agent_switches_oneself_and_nobody_else(self):
        own = self.agent.with_user(self.agent)
        self.assertFalse(own.action_toggle_leads_available())
        self.assertEqual(self.agents._leads_available(), self.other_agent)
        self.assertTrue(own.action_toggle_leads_available(True))
        self.assertTrue(own.action_toggle_leads_available(True), "asked twice, once on")
        with self.assertRefused(AccessError, "Only Leads Managers"):
            self.other_agent.with_user(self.agent).action_toggle_leads_available()
        with self.assertRaises(AccessError):
            own.write({"leads_available": False})
        with self.assertRaises(AccessError):
            own.write({"leads_max_open": 1})

    def test_manager_switches_agents_and_sets_their_limits(self):
        self.agent.with_user(self.manager).action_toggle_leads_available()
        self.assertFalse(self.agent.leads_available)
        form = Form(
            self.env["leads.agent.capacity"].with_user(self.manager).with_context(default_agent_id=self.agent.id)
        )
        self.assertFalse(form.leads_available, "shows what is set")
        form.leads_available = True
        form.leads_max_open = 7
        form.leads_calendar_id = self.calendar
        form.save().action_save()
        self.assertEqual(
            (self.agent.leads_available, self.agent.leads_max_open, self.agent.leads_calendar_id),
            (True, 7, self.calendar),
        )

    def test_limits_form_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["leads.agent.capacity"].with_user(self.agent).create({"agent_id": self.agent.id})
        with self.assertRefused(AccessError, "Only Leads Managers"):
            self.agent.with_user(self.plain).action_leads_capacity()

    def test_who_holds_no_leads_has_no_switch(self):
        with self.assertRefused(UserError, "Plain Pat does not hold leads"):
            self.plain.with_user(self.plain).action_toggle_leads_available()
        with self.assertRefused(UserError, "Choose the agent"):
            self.env["res.users"].with_user(self.manager).action_toggle_leads_available()

    def test_calling_hours(self):
        self.agent.leads_calendar_id = self.calendar
        for moment, there in ((WORKDAY, True), (SUNDAY, False), ("2026-11-23 17:00:01", False)):
            with freeze_time(moment):
                self.assertEqual(self.agent in self.agents._leads_available(), there, moment)
                self.assertIn(self.other_agent, self.agents._leads_available())

    def test_calling_hours_are_those_of_the_calendars_time_zone(self):
        self.calendar.tz = "America/New_York"
        self.agent.leads_calendar_id = self.calendar
        with freeze_time("2026-11-23 10:00:00"):
            self.assertNotIn(self.agent, self.agents._leads_available(), "five in the morning there")
        with freeze_time("2026-11-23 20:00:00"):
            self.assertIn(self.agent, self.agents._leads_available())

    def _leave(self, **vals):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "date_from": fields.Datetime.to_datetime(WORKDAY) - timedelta(hours=1),
                "date_to": fields.Datetime.to_datetime(WORKDAY) + timedelta(hours=1),
                **vals,
            }
        )

    def test_public_holiday_of_the_calendar(self):
        self.agents.leads_calendar_id = self.calendar
        self.agents[1].leads_calendar_id = False
        self._leave(calendar_id=self.calendar.id)
        with freeze_time(WORKDAY):
            self.assertEqual(self.agents._leads_absences(), {self.agent.id: "leave"})

    def test_own_leave_counts_without_calling_hours(self):
        resource = self.env["resource.resource"].create({"name": "Anna", "user_id": self.agent.id})
        self._leave(resource_id=resource.id)
        with freeze_time(WORKDAY):
            self.assertEqual(self.agents._leads_absences(), {self.agent.id: "leave"})
        with freeze_time("2026-11-23 11:00:01"):
            self.assertFalse(self.agents._leads_absences())

    def test_archived_agents_and_plain_users_are_never_available(self):
        everybody = self.agents | self.plain | self.manager
        self.other_agent.active = False
        self.assertEqual(everybody._leads_available(), self.agent)

    def test_full_agents_are_not_available(self):
        self.agent.leads_max_open = 1
        self.assertEqual(self.env["leads.agent.assignment"]._agent_rooms(self.agents)[self.agent.id], 1)
        self._assign(self._lead())
        self.assertEqual(
            self.env["leads.agent.assignment"]._agent_rooms(self.agents), {self.agent.id: 0, self.other_agent.id: None}
        )
        self.assertEqual(self.agents._leads_available(), self.other_agent)
        self.env.invalidate_all()
        self.assertEqual(self.agents.mapped("leads_availability"), ["full", "available"])
        self.assertEqual(self.agent.leads_capacity, "1 / 1")

    def test_by_hand_an_absent_agent_gets_leads_and_the_answer_says_so(self):
        self.agent.leads_available = False
        [result] = self._give(self._lead(), source="batch")
        self.assertEqual(
            (result.result, result.reason),
            ("assigned", "Assigned to Agent Anna. Agent Anna is switched off for new leads."),
        )
        form = Form(self.env["leads.agent.assign"].with_user(self.manager))
        form.agent_id = self.agent
        self.assertEqual(form.agent_note, "Agent Anna is switched off for new leads.")

    @mute_logger("odoo.sql_db")
    def test_unknown_calendar_gets_refused(self):
        wizard = self.env["leads.agent.capacity"].with_user(self.manager).create({"agent_id": self.agent.id})
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            wizard.write({"leads_calendar_id": 2**31 - 1})
            self.env.flush_all()
        self.assertIn("resource_calendar", str(caught.exception))
        self.assertFalse(self.agent.leads_calendar_id)

    def test_absences_of_many_agents_cost_the_same_as_of_one(self):
        agents = self.env["res.users"].browse(
            [
                self._user(f"many_{nr}", "leads_agent.group_leads_agent", leads_calendar_id=self.calendar.id).id
                for nr in range(8)
            ]
        )
        self.env.flush_all()
        counts = []
        for some in (agents[:1], agents):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._leads_available()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
