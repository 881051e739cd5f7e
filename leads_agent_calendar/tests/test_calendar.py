from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestCalendar(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.customer = cls._lead("Secret Customer", phone="+32 2 290 34 90")
        cls.mine = cls._event("Mine", cls.agent)
        cls.theirs = cls._event("Theirs", cls.salesperson)

    @classmethod
    def _event(cls, name, user):
        start = datetime.now() + timedelta(days=1)
        return cls.env["calendar.event"].create(
            {
                "name": name,
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": user.id,
                "partner_ids": [Command.set((user.partner_id | cls.customer).ids)],
            }
        )

    def test_agents_see_the_meetings_they_take_part_in(self):
        events = self.env["calendar.event"].with_user(self.agent)
        self.assertEqual(events.search([("id", "in", (self.mine | self.theirs).ids)]), self.mine)
        with self.assertRaises(AccessError):
            events.browse(self.theirs.id).read(["name"])
        attendees = self.env["calendar.attendee"].with_user(self.agent)
        self.assertFalse(attendees.search([("event_id", "=", self.theirs.id)]))
        self.assertEqual(attendees.search([("event_id", "=", self.mine.id)]).partner_id, self.agent.partner_id)
        self._assign(self.customer)
        self.env.invalidate_all()
        guests = attendees.search([("event_id", "=", self.mine.id)]).partner_id
        self.assertEqual(guests, self.agent.partner_id | self.customer)

    def test_without_the_lock_the_calendar_is_that_of_everybody(self):
        self.env.company.leads_agent_lock_assigned = False
        self.assertIn(self.theirs, self.env["calendar.event"].with_user(self.agent).search([]))

    def test_searching_messages_does_not_stumble_over_meetings_out_of_sight(self):
        hidden = self.theirs.message_post(body="x")
        seen = self.mine.message_post(body="y")
        found = self.env["mail.message"].with_user(self.agent).search([("id", "in", (hidden | seen).ids)])
        self.assertEqual(found, seen)

    def test_locked_agents_see_their_own_choice_of_calendars(self):
        """Odoo lets every user read whose calendars other users display, including names of customers."""
        filters = self.env["calendar.filters"]
        own, foreign = filters.create(
            [{"user_id": user.id, "partner_id": self.customer.id} for user in (self.agent, self.salesperson)]
        )
        seen = filters.with_user(self.agent)
        self.assertEqual(seen.search([("id", "in", (own | foreign).ids)]), own)
        self.assertFalse(foreign.with_user(self.agent).has_access("write"))
        self.env.company.leads_agent_lock_assigned = False
        self.assertEqual(seen.search([("id", "in", (own | foreign).ids)]), own | foreign)
