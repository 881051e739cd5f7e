import os
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from heapq import heappop, heappush

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon
from odoo.addons.leads_agent_offer.tools import performance

from .marks import WHOLE, figure

SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
MONDAY = fields.Datetime.to_datetime("2026-11-16 00:00:00")
# How agents respond to offers: chance to accept, chance to decline (else they miss), seconds until they respond.
HABITS = {"fast": (0.9, 0.1, 40), "slow": (0.7, 0.1, 280), "declining": (0.1, 0.8, 60), "sleeping": (0.1, 0.0, 200)}


class Killed(Exception):
    """The worker was killed before it committed."""


@tagged("post_install", "-at_install", "leads_prove")
class TestOfferSimulation(OfferCommon):
    """A week of leads in frozen time. In full: 1,000 leads and 40 agents; as a slice: 40 leads and 6 agents."""

    LEADS = 1_000 if WHOLE else 40
    AGENTS = 40 if WHOLE else 6

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        figure("simulation", "seed", SEED)
        cls.env["leads.agent.profile"].search([]).unlink()
        cls.agents = cls.env["res.users"].union(
            *[cls._user(f"sim_agent_{nr}", "leads_agent.group_leads_agent") for nr in range(cls.AGENTS)]
        )
        cls.call_center.crm_team_member_ids.unlink()
        cls.call_center.crm_team_member_ids = [Command.create({"user_id": agent.id}) for agent in cls.agents]
        cls.tags = [cls._tag(name) for name in ("solar", "battery", "heat pump", "boiler")]
        cls.habit = {}
        for nr, agent in enumerate(cls.agents):
            cls._profile(agent)
            cls.habit[agent.id] = list(HABITS)[nr % len(HABITS)]
            for tag in cls.random.sample(cls.tags, 2):
                cls._skill(agent, tag, cls.random.randint(1, 100))
        cls.env.company.write(
            {
                "leads_offer_shark_minutes": 20,
                "leads_offer_calendar_id": cls.env["resource.calendar"]
                .create(
                    {
                        "name": "Desk",
                        "tz": "Europe/Brussels",
                        "attendance_ids": [
                            Command.clear(),
                            *[
                                Command.create({"name": "x", "dayofweek": str(day), "hour_from": 8, "hour_to": 20})
                                for day in range(5)
                            ],
                        ],
                    }
                )
                .id,
            }
        )

        cls._make_leaves()

    @classmethod
    def _make_leaves(cls):
        """Wednesday is a public holiday; one agent is on leave from Thursday on."""
        cls.holiday = MONDAY + timedelta(hours=47), MONDAY + timedelta(hours=71)  # midnight in Brussels
        cls.on_leave = cls.agents[0]
        calendar = cls.env.company.leads_offer_calendar_id
        resource = cls.env["resource.resource"].create({"name": "On leave", "user_id": cls.on_leave.id, "tz": "UTC"})
        cls.leave = MONDAY + timedelta(hours=72), MONDAY + timedelta(days=6)
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "date_from": cls.holiday[0],
                    "date_to": cls.holiday[1],
                },
                {
                    "name": "Leave",
                    "calendar_id": False,
                    "resource_id": resource.id,
                    "date_from": cls.leave[0],
                    "date_to": cls.leave[1],
                },
            ]
        )

    # ------------------------------------------------------------------
    # The week
    # ------------------------------------------------------------------

    def _plan(self, at, kind, payload=None):
        self.count += 1
        heappush(self.events, (at, self.count, kind, payload))

    def _simulate(self, clock):
        self.events, self.count, self.seen, self.kills = [], 0, 0, 0
        self.leads, self.came = self.env["crm.lead"], {}
        for nr in range(self.LEADS):
            self._plan(MONDAY + timedelta(seconds=self.random.randrange(5 * 86400)), "lead", nr)
        for agent in self.agents[:: max(2, self.AGENTS // 4)]:
            away = MONDAY + timedelta(hours=self.random.randrange(24, 96))
            self._plan(away, "away", agent)
            self._plan(away + timedelta(hours=20), "back", agent)
        while self.events:
            at, _count, kind, payload = heappop(self.events)
            clock.move_to(max(at, fields.Datetime.now()))
            getattr(self, f"_do_{kind}")(payload)
            self._look()

    def _do_lead(self, nr):
        tag = self.random.choice([*self.tags, None])
        self.leads += self._incoming(
            f"Lead {nr} {tag.name if tag else ''}", email_from=f"lead{nr}@example.com", phone=False
        )
        self.came[self.leads[-1].id] = fields.Datetime.now()

    def _do_away(self, agent):
        agent.leads_available = False

    def _do_back(self, agent):
        agent.leads_available = True

    def _do_answer(self, offer):
        accepts, declines, _seconds = HABITS[self.habit[offer.agent_id.id]]
        chance = self.random.random()
        with suppress(UserError):  # too late, as in reality
            if chance < accepts:
                offer.with_user(offer.agent_id).action_accept()
            elif chance < accepts + declines:
                offer.with_user(offer.agent_id).action_decline()

    def _do_again(self, offer):
        with suppress(UserError):
            offer.with_user(offer.agent_id).action_request_again()

    def _do_job(self, _payload):
        if self.random.random() < 0.1:
            self.kills += 1
            with suppress(Killed), self.env.cr.savepoint():
                self._run_job()
                raise Killed
            self.env.invalidate_all()
        self._run_job()

    def _look(self):
        """Plan the next events: responses of agents, and the next run of the job."""
        Offer = self.env["leads.agent.offer"]
        for offer in Offer.search([("id", ">", self.seen)], order="id"):
            self.seen = offer.id
            if offer.state == "offered":
                seconds = HABITS[self.habit[offer.agent_id.id]][2]
                self._plan(
                    fields.Datetime.now() + timedelta(seconds=self.random.randrange(2 * seconds)), "answer", offer
                )
                if self.random.random() < 0.3 and offer.deadline:
                    self._plan(offer.deadline + timedelta(seconds=30), "again", offer)
        due = [offer.deadline for offer in Offer.search([("state", "=", "offered")], order="deadline", limit=1)]
        due += self._moments("held", "shark_tank")
        if any(kind != "job" for _at, _count, kind, _payload in self.events):
            # Once there are no other events, further checks find no new agents and would go on forever. The job runs an
            # hour late for waiting leads: otherwise a week would have two thousand checks.
            due += [moment + timedelta(hours=1) for moment in self._moments("waiting")]
        if due and not any(
            kind == "job" and at <= max(min(due), fields.Datetime.now()) for at, _c, kind, _p in self.events
        ):
            self._plan(min(due), "job")

    def _moments(self, *states):
        """Return when the leads in these states are checked next."""
        domain = [("leads_offer_until", "!=", False), ("leads_offer_state", "in", states)]
        return self.env["crm.lead"].search(domain, order="leads_offer_until", limit=1).mapped("leads_offer_until")

    # ------------------------------------------------------------------
    # What holds
    # ------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_a_week(self):
        with freeze_time(MONDAY) as clock:
            self._simulate(clock)
        offers = self.env["leads.agent.offer"].search([("lead_id", "in", self.leads.ids)])
        fates = Counter()
        for lead in self.leads:
            accepted = lead.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")
            self.assertLessEqual(len(accepted), 1)
            self.assertFalse(lead.leads_offer_ids.filtered(lambda offer: offer.state == "offered"))
            self.assertEqual(lead.leads_offer_state, "accepted" if accepted else "waiting")
            self.assertEqual(lead.user_id, accepted.agent_id)
            self.assertTrue(accepted or lead.leads_waiting_reason)
            fates[lead.leads_offer_state] += 1
            # The audit explains who was asked: all agents with an exclusive offer were qualified.
            asked = lead.leads_offer_ids.filtered(lambda offer: offer.kind == "exclusive")
            self.assertLessEqual(
                set(asked.agent_id.ids), {nr for routing in lead.leads_routing_ids for nr in routing.ranked}
            )
            self.assertLessEqual(len(asked.agent_id), self.env.company.leads_offer_most_agents)
        self.assertEqual(sum(fates.values()), self.LEADS)
        self._check_ledger(offers)
        self._check_leaves(offers)
        figure("simulation", "leads, agents", f"{self.LEADS}, {self.AGENTS}")
        figure("simulation", "offers", len(offers))
        figure("simulation", "fates", dict(fates))
        figure("simulation", "jobs killed", self.kills)

    def _check_leaves(self, offers):
        """On the holiday nothing is routed, and leads wait for the next morning; an agent on leave gets none."""
        begin, end = self.holiday
        morning = MONDAY + timedelta(days=3, hours=7)  # 8:00 in Brussels
        routings = self.leads.leads_routing_ids
        at_night = routings.filtered(lambda routing: begin <= routing.at < morning)
        self.assertFalse([(routing.at, routing.lead_id.name, routing.read()) for routing in at_night])
        came = self.leads.filtered(lambda lead: begin <= self.came[lead.id] < end)
        self.assertTrue(came)
        for lead in came:
            first = min(lead.leads_routing_ids.mapped("at"))
            self.assertGreaterEqual(first, morning)
            self.assertLess(first, morning + timedelta(hours=12), "released on the morning after the holiday")
        exclusive = offers.filtered(lambda offer: offer.kind == "exclusive")
        of_absent = exclusive.filtered(lambda offer: offer.agent_id == self.on_leave)
        self.assertFalse(of_absent.filtered(lambda offer: self.leave[0] <= offer.offered_at < self.leave[1]))
        self.assertTrue(exclusive.filtered(lambda offer: offer.offered_at >= self.leave[0]), "others were asked")
        figure(
            "simulation",
            "leads that came on the holiday, offers to the agent on leave before",
            f"{len(came)}, {len(of_absent)}",
        )

    def _check_ledger(self, offers):
        """Check that the points match the offers exactly."""
        entries = self.env["leads.agent.score.entry"].search([("offer_id", "in", offers.ids)])
        found = Counter(entries.mapped("cause"))
        exclusive = offers.filtered(lambda offer: offer.kind == "exclusive")
        missed = exclusive.filtered(lambda offer: offer.state in ("missed", "requeued"))
        self.assertEqual(found["missed"], len(missed))
        self.assertEqual(found["requeued"], len(offers.filtered(lambda offer: offer.state == "requeued")))
        self.assertEqual(found["declined"], len(exclusive.filtered(lambda offer: offer.state == "declined")))
        self.assertEqual(
            found["accepted"] + found["accepted_again"], len(offers.filtered(lambda offer: offer.state == "accepted"))
        )
        for cause, count in found.items():
            points = sum(entries.filtered(lambda entry, cause=cause: entry.cause == cause).mapped("points"))
            self.assertEqual(points, count * performance.POINTS[cause])

    def test_equal_agents_get_equally_many_first_offers(self):
        self.env["leads.agent.skill"].search([]).unlink()
        self.env["resource.calendar.leaves"].search([]).unlink()
        self.env.company.leads_offer_calendar_id = False
        first = Counter(dict.fromkeys(self.agents.ids, 0))
        for nr in range(3 * self.AGENTS + 2):
            offer = self._live(self._incoming(f"Lead {nr}", email_from=f"equal{nr}@example.com", phone=False))
            first[offer.agent_id.id] += 1
            offer.with_user(offer.agent_id).action_accept()
            self.assertLessEqual(max(first.values()) - min(first.values()), 1)
