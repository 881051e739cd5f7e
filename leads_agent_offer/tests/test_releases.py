import random
from datetime import timedelta
from itertools import pairwise

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.leads_agent_offer.holding import Holding
from odoo.addons.leads_agent_offer.job import Job
from odoo.addons.leads_agent_offer.process import Process

from .offer_common import OfferCommon

SUNDAY = "2026-11-22 20:00:00"
MONDAY = fields.Datetime.to_datetime("2026-11-23 09:00:00")
SEED = 20261130


@tagged("post_install", "-at_install")
class TestReleases(OfferCommon):
    """Held leads are released one by one, at the company's interval, for any kind of release."""

    def setUp(self):
        super().setUp()
        self.env.company.leads_offer_spacing = 20
        self.count = 0

    def _leads(self, count, **vals):
        leads = self.env["crm.lead"]
        for _nr in range(count):
            self.count += 1
            leads += self._incoming(
                f"Lead {self.count}", email_from=f"release{self.count}@example.com", phone=False, **vals
            )
        return leads

    def _imported(self, count):
        rows = [
            {
                "name": f"Row {nr}",
                "team_id": self.call_center.id,
                "user_id": False,
                "email_from": f"row{nr}@example.com",
            }
            for nr in range(self.count, self.count + count)
        ]
        self.count += count
        return self.env["crm.lead"].with_context(import_file=True).create(rows)

    def _hours(self, hour_to=12):
        """Set operating hours on Monday morning, UTC."""
        self.env.company.leads_offer_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Monday morning",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    Command.create({"name": "x", "dayofweek": "0", "hour_from": 9, "hour_to": hour_to}),
                ],
            }
        )

    def _run_until(self, clock, moment):
        """Run the job whenever something is due, until a moment."""
        self.env.flush_all()
        while True:
            due = self.env["crm.lead"].search(
                [("leads_offer_state", "=", "held"), ("leads_offer_until", "<=", moment)],
                order="leads_offer_until",
                limit=1,
            )
            if not due:
                break
            clock.move_to(max(due.leads_offer_until, fields.Datetime.now()))
            self.assertTrue(Job(self.env).go_on(500))
            self.env.invalidate_all()
        clock.move_to(moment)

    def _offered(self, leads):
        """Return when each lead was first offered, sorted, in seconds after the first one."""
        offers = leads.leads_offer_ids.filtered(lambda offer: offer.kind == "exclusive")
        moments = sorted(min(made.mapped("offered_at")) for made in offers.grouped("lead_id").values())
        return [int((moment - moments[0]).total_seconds()) for moment in moments]

    def _release(self, leads):
        leads.with_user(self.manager).action_leads_release()

    # ------------------------------------------------------------------
    # By a manager
    # ------------------------------------------------------------------

    def test_what_waits_is_held_outside_the_hours(self):
        self._hours()
        with freeze_time(MONDAY) as clock:
            (self.agent | self.other_agent).leads_available = False
            leads = self._leads(2)
            self.assertEqual(set(leads.mapped("leads_offer_state")), {"waiting"}, "nobody is there")
            clock.move_to("2026-11-23 14:00:00")
            (self.agent | self.other_agent).leads_available = True
            self._run_job()
            self.assertEqual(set(leads.mapped("leads_offer_state")), {"held"}, "the desk is closed")
            self.assertIn("operating hours", leads[0].leads_waiting_reason)
            self.assertEqual(min(leads.mapped("leads_offer_until")), MONDAY + timedelta(days=7))
            self._run_until(clock, MONDAY + timedelta(days=7, minutes=5))
            self.assertEqual(set(leads.mapped("leads_offer_state")), {"offered"})

    def test_a_release_after_one_that_is_over_keeps_its_distance(self):
        self.env.company.leads_offer_intercept = True
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(3)
            start = fields.Datetime.now()
            self._release(leads[0])
            self._run_until(clock, start + timedelta(seconds=2))
            self._release(leads[1])
            self._run_until(clock, start + timedelta(seconds=3))
            self.assertEqual(leads.mapped("leads_offer_state"), ["offered", "held", "held"])
            self._release(leads[2])
            self._run_until(clock, start + timedelta(minutes=2))
            self.assertEqual(self._offered(leads), [0, 20, 40])

    def test_a_second_press_postpones_nothing(self):
        self.env.company.leads_offer_intercept = True
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(4)
            self._release(leads)
            moments = leads.mapped("leads_offer_until")
            clock.tick(timedelta(seconds=1))
            self._release(leads[1])
            self.env.company.with_user(self.manager).action_leads_offer_release()
            self.assertEqual(leads.mapped("leads_offer_until"), moments)
            self._run_until(clock, moments[-1])
            self.assertEqual(leads.mapped("leads_released_at"), moments)

    def test_what_waits_by_itself_makes_room_for_a_release(self):
        with freeze_time(SUNDAY) as clock:
            self._hours()
            waiting = self._leads(4)
            self.assertEqual(waiting[0].leads_offer_until, MONDAY)
            clock.move_to(MONDAY + timedelta(seconds=25))
            self.env.company.leads_offer_intercept = True
            held = self._leads(2)
            self.env.company.leads_offer_intercept = False
            self._release(held[1])
            self.assertEqual(held[1].leads_offer_until, fields.Datetime.now())
            moments = sorted((waiting | held).mapped("leads_offer_until"))
            gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(moments)}
            self.assertEqual(gaps, {20})
            self._run_until(clock, MONDAY + timedelta(minutes=10))
            self.assertEqual(self._offered(waiting | held), [0, 20, 40, 60, 80, 100])

    def test_two_managers_at_the_same_moment(self):
        """Neither manager saw the other's releases; the job sees both."""
        self.env.company.leads_offer_intercept = True
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(6)
            now = fields.Datetime.now()
            for half in (leads[:3], leads[3:]):
                until = {lead.id: now + timedelta(seconds=20 * nr) for nr, lead in enumerate(half)}
                Process(half).move("held", until, "Released", hold="turn")
            self._run_until(clock, now + timedelta(minutes=5))
            self.assertEqual(self._offered(leads), [0, 20, 40, 60, 80, 100])

    def test_a_job_that_did_not_run_releases_no_crowd(self):
        self.env.company.leads_offer_override = "closed"
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(5)
            self.env.company.leads_offer_override = False
            clock.tick(timedelta(hours=3))
            late = fields.Datetime.now()
            Job(self.env).go_on(500)
            self.assertEqual(leads.mapped("leads_offer_state").count("offered"), 1)
            self._run_until(clock, late + timedelta(minutes=5))
            self.assertEqual(self._offered(leads), [0, 20, 40, 60, 80])

    def test_a_job_that_comes_once_a_minute_catches_up(self):
        """Odoo runs due jobs once a minute: leads due by then are not postponed again and again."""
        self.env.company.leads_offer_override = "closed"
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(9)
            self.env.company.leads_offer_override = False
            offered = []
            for _nr in range(3):
                clock.tick(timedelta(minutes=1))
                Job(self.env).go_on(500)
                offered.append(leads.mapped("leads_offer_state").count("offered"))
            self.assertEqual(offered, [4, 7, 9])

    def test_each_company_has_its_own_queue(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "leads_offer_spacing": 60})
        team = self.env["crm.team"].create({"name": "There", "company_id": other.id, "leads_offer_routing": True})
        self.call_center.company_id = self.env.company
        (self.env.company | other).leads_offer_intercept = True
        here, there = self._leads(2), self._leads(2, team_id=team.id)
        self.assertEqual((here.company_id, there.company_id), (self.env.company, other))
        with self.assertRaises(AccessError):
            other.with_user(self.manager).action_leads_offer_release()
        self.env.company.with_user(self.manager).action_leads_offer_release()
        self.assertEqual(there.mapped("leads_hold"), ["company"] * 2, "not released by those of another company")
        Holding(there).release()
        for leads, gap in ((here, 20), (there, 60)):
            first, second = leads.mapped("leads_offer_until")
            self.assertEqual((second - first).total_seconds(), gap)
            self.assertLessEqual(abs((first - fields.Datetime.now()).total_seconds()), 2)

    # ------------------------------------------------------------------
    # By hours and settings
    # ------------------------------------------------------------------

    def test_imported_leads_stay_a_minute_apart(self):
        for setting, value in (("leads_offer_override", "closed"), ("leads_offer_intercept", True)):
            with self.subTest(setting), freeze_time(SUNDAY) as clock, self.env.cr.savepoint() as savepoint:
                self.env.company[setting] = value
                leads = self._imported(3)
                clock.tick(timedelta(hours=1))
                Job(self.env).go_on(500)
                self.assertEqual(set(leads.mapped("leads_offer_state")), {"held"})
                self.env.company[setting] = False
                self._run_until(clock, fields.Datetime.now() + timedelta(minutes=5))
                self.assertEqual(self._offered(leads), [0, 60, 120])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_hours_that_end_while_leads_are_released(self):
        with freeze_time(MONDAY + timedelta(hours=2, minutes=59)) as clock:
            self._hours()
            imported = self._imported(3)
            self._run_until(clock, MONDAY + timedelta(hours=2, minutes=59, seconds=30))
            self.assertEqual(imported.mapped("leads_offer_state"), ["offered", "held", "held"])
            self._run_until(clock, MONDAY + timedelta(hours=4))
            self.assertEqual(imported[1:].mapped("leads_offer_state"), ["held"] * 2)
            first, second = imported[1:].mapped("leads_offer_until")
            self.assertEqual(first, MONDAY + timedelta(days=7))
            self.assertEqual((second - first).total_seconds(), 60)

    def test_what_comes_at_night_finds_room_between_imported_leads(self):
        with freeze_time(SUNDAY) as clock:
            self._hours()
            imported, came = self._imported(3), self._leads(4)
            moments = [int((moment - MONDAY).total_seconds()) for moment in came.mapped("leads_offer_until")]
            self.assertEqual(moments, [20, 40, 80, 100])
            self._run_until(clock, MONDAY + timedelta(minutes=5))
            self.assertEqual(self._offered(imported | came), [0, 20, 40, 60, 80, 100, 120])

    def test_another_spacing_holds_at_once(self):
        self.env.company.leads_offer_override = "closed"
        with freeze_time(SUNDAY) as clock:
            leads = self._leads(3)
            self.env.company.leads_offer_override = False
            self.env.company.leads_offer_spacing = 50
            start = fields.Datetime.now()
            self._run_until(clock, start + timedelta(seconds=50))
            self.env.company.leads_offer_spacing = 5
            self._run_until(clock, start + timedelta(minutes=5))
            self.assertEqual(self._offered(leads), [0, 50, 55])

    def test_the_spacing_has_bounds(self):
        for value in (0, 4, 61, -10, 7.5, "x", False, None, True, 10**12):
            with self.subTest(value), self.assertRefused(ValidationError, "whole number from 5 to 60"):
                self.env.company.write({"leads_offer_spacing": value})
                self.env.flush_all()
        for value, stored in ((5, 5), (60, 60), ("30", 30), (12.0, 12)):
            self.env.company.write({"leads_offer_spacing": value})
            self.assertEqual(self.env.company.leads_offer_spacing, stored)
        settings = Form(self.env["res.config.settings"])
        settings.leads_offer_spacing = 4
        with self.assertRefused(ValidationError, "whole number from 5 to 60"):
            settings.save().execute()

    def test_whatever_happens_they_keep_their_distance(self):
        dice = random.Random(SEED)
        for _round in range(6):
            with freeze_time(MONDAY - timedelta(minutes=3)) as clock, self.env.cr.savepoint() as savepoint:
                self.env.company.leads_offer_spacing = gap = dice.choice((5, 13, 20, 60))
                leads = self.env["crm.lead"]
                for _nr in range(14):
                    match dice.randrange(8):
                        case 0:
                            leads += self._leads(dice.randint(1, 3))
                        case 1:
                            leads += self._imported(dice.randint(1, 3))
                        case 2:
                            self.env.company.leads_offer_override = dice.choice(("open", "closed", False))
                        case 3:
                            self.env.company.leads_offer_intercept = dice.choice((True, False))
                        case 4:
                            self._hours(9 + dice.choice((1, 5)) / 60)
                        case 5:
                            self.env.company.leads_offer_calendar_id = False
                        case 6 if leads:
                            held = leads.filtered(lambda lead: lead.leads_offer_state == "held")
                            self._release(held.browse(dice.sample(held.ids, dice.randint(0, len(held)))))
                        case 7:
                            self.env.company.with_user(self.manager).action_leads_offer_release()
                    self._run_until(clock, fields.Datetime.now() + timedelta(seconds=dice.randint(1, 90)))
                moments = sorted(leads.filtered("leads_released_at").mapped("leads_released_at"))
                for earlier, later in pairwise(moments):
                    self.assertGreaterEqual((later - earlier).total_seconds(), gap, moments)
                savepoint.rollback()
                self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    def test_operating_hours_are_named_where_there_are_some(self):
        """Without operating hours, no reason on a held lead mentions them."""

        def closed():
            self.env.company.leads_offer_override = "closed"

        def opened_after_closing():
            closed()
            self.env.company.leads_offer_override = False

        def opened_now_after_closing():
            closed()
            self.env.company.leads_offer_override = "open"

        def held_all():
            self.env.company.leads_offer_intercept = True

        for how, prepare, make, follow in (
            ("imported", lambda: None, self._imported, lambda: None),
            ("imported while closed", closed, self._imported, lambda: None),
            ("closed", closed, self._leads, lambda: None),
            ("closed, then open", closed, self._leads, opened_after_closing),
            ("closed, then open now", closed, self._leads, opened_now_after_closing),
            ("all held, then not", held_all, self._leads, lambda: self.env.company.write({"leads_offer_intercept": 0})),
            (
                "released",
                held_all,
                self._leads,
                lambda: self.env.company.with_user(self.manager).action_leads_offer_release(),
            ),
        ):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                prepare()
                leads = make(3)
                for _twice in range(2):
                    self.assertEqual(leads[-1].leads_offer_state, "held")
                    reason = leads[-1].leads_waiting_reason
                    self.assertTrue(reason)
                    self.assertNotIn("hours", reason)
                    follow()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_operating_hours_are_named_until_they_begin(self):
        with freeze_time(SUNDAY):
            self._hours()
            for leads in (self._leads(2), self._imported(2)):
                for reason in leads.mapped("leads_waiting_reason"):
                    self.assertIn("until the operating hours begin", reason)
            self.env.company.leads_offer_override = "open"
            self.assertNotIn("hours", leads[-1].leads_waiting_reason)
            self.env.company.leads_offer_override = False
            self.assertIn("until the operating hours begin", leads[-1].leads_waiting_reason)
            self.env.company.leads_offer_calendar_id = False
            self.assertNotIn("hours", leads[-1].leads_waiting_reason)
