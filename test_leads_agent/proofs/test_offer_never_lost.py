import os
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon

from .marks import WHOLE, figure

SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
MONDAY = fields.Datetime.to_datetime("2026-11-16 08:00:00")
# Longer than an offer is valid, and than the time between two checks.
LOOK = timedelta(minutes=5, seconds=1)


@tagged("post_install", "-at_install", "leads_prove")
class TestOfferNeverLost(OfferCommon):
    """After random events, every open lead has an owner, a running offer, or a reason and a next step.

    The next step is a time at which it is checked again, or a setting or a manager named in the reason. In full: 250
    sequences; as a slice: 25. The seed is reported, so that a failing sequence can be repeated.
    """

    SEQUENCES = 250 if WHOLE else 25
    EVENTS = 14

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._user("agent_cleo", "leads_agent.group_leads_agent")
        cls.crew = cls.agent | cls.other_agent | cls.third
        cls.call_center.crm_team_member_ids = [Command.create({"user_id": cls.third.id})]
        cls._profile(cls.third)
        cls.tag = cls._tag("solar", need="exclusive")
        cls._skill(cls.agent, cls.tag)
        cls.known = cls._lead("Jo", email="jo@example.com")
        cls.stage = cls.env["crm.stage"].search([("is_won", "=", False)], limit=1)

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _lead_of(self, draw, *states):
        leads = self.leads.exists().with_context(active_test=False)
        return draw.choice(leads.filtered(lambda lead: not states or lead.leads_offer_state in states) or [None])

    def _do_come(self, draw):
        people = ("jo@example.com", "bea@example.com", f"new{len(self.leads)}@example.com")
        self.leads += self._incoming(
            draw.choice(("solar roof", "A roof")), email_from=draw.choice(people), phone=False, contact_name="Somebody"
        )

    def _do_answer(self, draw):
        offers = self.leads.exists().leads_offer_ids.filtered(lambda offer: offer.state in ("offered", "missed"))
        if offers:
            offer = draw.choice(offers)
            answer = draw.choice(("accept", "decline", "decline", "request_again"))
            getattr(offer.with_user(offer.agent_id), f"action_{answer}")()

    def _do_pass(self, draw):
        self.clock.tick(timedelta(seconds=draw.choice((5, 60, 301, 4000, 90_000))))
        self._run_job()

    def _do_end(self, draw):
        if lead := self._lead_of(draw):
            getattr(lead, draw.choice(("action_archive", "action_set_lost", "action_set_won")))()

    def _do_restore(self, draw):
        if lead := self._lead_of(draw):
            match draw.choice(("unarchive", "restore", "stage", "owner")):
                case "unarchive":
                    lead.action_unarchive()
                case "restore":
                    lead.action_restore()
                case "stage":
                    lead.stage_id = self.stage
                case "owner":
                    lead.user_id = False

    def _do_merge(self, draw):
        leads = self.leads.exists().filtered("active")
        if len(leads) > 1:
            self.env["crm.lead"].browse(draw.sample(leads.ids, 2)).merge_opportunity()

    def _do_settings(self, draw):
        name, values = draw.choice(
            (
                ("leads_offer_override", ("open", "closed", False)),
                ("leads_offer_intercept", (True, False)),
                ("leads_offer_shark_minutes", (0, 20)),
                ("leads_offer_catch_all_ids", ([Command.clear()], [Command.set(self.manager.ids)])),
            )
        )
        self.env.company[name] = draw.choice(values)

    def _do_manager(self, draw):
        if lead := self._lead_of(draw):
            name = draw.choice(("action_leads_recall", "action_leads_release", "action_leads_route"))
            getattr(lead.with_user(self.manager), name)()

    def _do_agent(self, draw):
        agent = draw.choice(self.crew)
        match draw.choice(("off", "on", "archive", "back")):
            case "off":
                agent.leads_available = False
            case "on":
                agent.leads_available = True
            case "archive":
                agent.active = False
            case "back":
                agent.active = True

    def _do_customer(self, draw):
        if self._active(self.known):
            self._active(self.known)._end("unassigned")
        else:
            self._assign(self.known, draw.choice(self.crew))

    # ------------------------------------------------------------------
    # What holds
    # ------------------------------------------------------------------

    def _fate(self, lead):
        """Return the owner, offer or next step of the lead; None if there is none."""
        now, live = fields.Datetime.now(), self._live(lead)
        if lead.user_id:
            return None if live else "owner"
        match lead.leads_offer_state:
            case "offered" if len(live) == 1 and live.agent_id.active and live.deadline:
                return "offer"
            case "shark_tank" | "catch_all" as state if live and all(live.agent_id.mapped("active")):
                return state if lead.leads_offer_until or state == "catch_all" else None
            case "waiting" if lead.leads_waiting_reason and lead.leads_offer_until and not live:
                return "waiting" if lead.leads_offer_until <= now + timedelta(days=1) else None
            case "held" if lead.leads_waiting_reason and not live:
                return self._fate_of_held(lead)
        return None

    def _fate_of_held(self, lead):
        company = self.env.company
        if lead.leads_hold == "manager":
            return "by a manager"
        if lead.leads_offer_until:
            return "its turn"
        return "setting" if company.leads_offer_intercept or company.leads_offer_override == "closed" else None

    def _check(self, history):
        self.env.flush_all()
        self.env.invalidate_all()
        for lead in self.leads.exists().filtered(lambda lead: lead.active and lead.won_status == "pending"):
            fate = self._fate(lead)
            self.assertTrue(
                fate,
                f"{lead.name} is lost: state {lead.leads_offer_state}, hold {lead.leads_hold}, until "
                f"{lead.leads_offer_until}, reason {lead.leads_waiting_reason}, offers "
                f"{lead.leads_offer_ids.mapped('state')}; seed {SEED}: {history}",
            )
            self.fates[fate] += 1
        self.assertFalse(
            self._live(self.leads.exists().with_context(active_test=False).filtered(lambda lead: not lead.active)),
            f"seed {SEED}: {history}",
        )
        holders = self.env["leads.agent.assignment"].search([("state", "=", "active")])
        self.assertEqual(len(holders.partner_id), len(holders))

    def _play(self, number):
        draw = random.Random(f"{SEED}-{number}")
        events = {
            self._do_come: 4,
            self._do_answer: 5,
            self._do_pass: 4,
            self._do_end: 2,
            self._do_restore: 3,
            self._do_merge: 2,
            self._do_settings: 3,
            self._do_manager: 2,
            self._do_agent: 3,
            self._do_customer: 1,
        }
        self.leads, history = self.env["crm.lead"], [number]
        with freeze_time(MONDAY) as self.clock:
            for _nr in range(self.EVENTS):
                [event] = draw.choices([*events], [*events.values()])
                history.append(event.__name__.removeprefix("_do_"))
                # A refused action changes nothing.
                with suppress(UserError), self.env.cr.savepoint():
                    event(draw)
                self.env.invalidate_all()
                self.events += 1
                self._check(history)
            self._check_they_go_on(history)

    def _check_they_go_on(self, history):
        """With all agents back and nothing held, the next checks assign each lead or refuse it."""
        self.crew.active = True
        self.crew.leads_available = True
        self.env.company.write({"leads_offer_override": False, "leads_offer_intercept": False})
        leads = self.leads.exists().filtered(lambda lead: lead.active and lead.won_status == "pending")
        leads.filtered(lambda lead: lead.leads_offer_state == "held").with_user(self.manager).action_leads_release()
        for _nr in range(3):
            self.clock.tick(LOOK)
            self._run_job()
            self._check(history)
        self.assertFalse(leads.filtered(lambda lead: lead.leads_offer_state == "held"), history)

    def test_no_sequence_of_events_loses_a_lead(self):
        figure("never lost", "seed", SEED)
        self.fates, self.events = Counter(), 0
        for number in range(self.SEQUENCES):
            savepoint = self.env.cr.savepoint()
            self._play(number)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        figure("never lost", "sequences, events", f"{self.SEQUENCES}, {self.events}")
        figure("never lost", "what had the leads", dict(self.fates))
