from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import AGENT
from odoo.addons.leads_agent.tests.test_concurrency import RaceCase
from odoo.addons.leads_agent_offer.job import Job
from odoo.addons.leads_agent_offer.offering import Offering

from .marks import WHOLE, figure

CLIENTS = 8


@tagged("post_install", "-at_install", "leads_prove")
class TestOfferRaces(RaceCase):
    """Users and jobs compete for one lead at the same moment. In full: 200 times each; as a slice: 3 times."""

    LEADS = 1
    RUNS = 200 if WHOLE else 3

    def setUp(self):
        super().setUp()
        with self._env() as env:
            agents = env["res.users"].create(
                [
                    {"name": login, "login": login, "group_ids": [Command.set(env.ref(AGENT).ids)]}
                    for login in (f"offer_agent_{nr}" for nr in range(CLIENTS))
                ]
            )
            team = env["crm.team"].create(
                {
                    "name": "Race",
                    "leads_offer_routing": True,
                    "crm_team_member_ids": [Command.create({"user_id": agent.id}) for agent in agents],
                }
            )
            env["leads.agent.profile"].create([{"user_id": agent.id} for agent in agents])
            self.offers = {"agents": agents.ids, "team": team.id}

    def _clean(self):
        with self._env() as env:
            agents, team = env["res.users"].browse(self.offers["agents"]), env["crm.team"].browse(self.offers["team"])
            leads = env["crm.lead"].with_context(active_test=False).search([("team_id", "=", team.id)])
            partners = leads.partner_id
            env.cr.execute("DELETE FROM leads_agent_assignment WHERE partner_id = ANY(%s)", [partners.ids])
            leads.unlink()
            partners.unlink()
            env.cr.execute("DELETE FROM leads_agent_score_entry WHERE agent_id = ANY(%s)", [agents.ids])
            env["mail.message"].search([("author_id", "in", agents.partner_id.ids)]).unlink()
            team.unlink()
            people = agents.partner_id
            agents.unlink()
            people.exists().unlink()
        return super()._clean()

    def _lead(self):
        with self._env() as env:
            return env["crm.lead"].create({"name": "Race", "team_id": self.offers["team"], "user_id": False}).id

    def _live(self, lead_id):
        with self._env() as env:
            offers = env["leads.agent.offer"].search([("lead_id", "=", lead_id), ("state", "=", "offered")])
            return [(offer.id, offer.agent_id.id) for offer in offers]

    def _accept(self, offer_id, agent_id):
        return lambda env: bool(env(user=agent_id)["leads.agent.offer"].browse(offer_id).action_accept())

    def _expire(self):
        return lambda env: Job(env(user=1)).expire(500)

    def _let_pass(self, lead_id):
        """Move the deadline to now, for transactions that begin later."""
        with self._env() as env:
            env.cr.execute(
                "UPDATE leads_agent_offer SET deadline = now() AT TIME ZONE 'UTC' + interval '40 milliseconds'"
                " WHERE lead_id = %s AND state = 'offered'",
                [lead_id],
            )

    def _check_one_fate(self, lead_id):
        """Check that there is one owner at most and one point entry per cause, and that the lead matches its offers."""
        with self._env() as env:
            lead = env["crm.lead"].browse(lead_id)
            states = lead.leads_offer_ids.mapped("state")
            self.assertLessEqual(states.count("accepted"), 1)
            self.assertEqual(bool(lead.user_id), "accepted" in states)
            if lead.user_id:
                accepted = lead.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")
                self.assertEqual(lead.user_id, accepted.agent_id)
                self.assertNotIn("offered", states)
            else:
                self.assertLessEqual(states.count("offered"), 1)
                self.assertIn(lead.leads_offer_state, ("offered", "waiting", "held", "none"))
            env.cr.execute(
                "SELECT count(*), count(DISTINCT (offer_id, cause)) FROM leads_agent_score_entry e"
                " JOIN leads_agent_offer o ON o.id = e.offer_id WHERE o.lead_id = %s",
                [lead_id],
            )
            points, different = env.cr.fetchone()
            self.assertEqual(points, different, "no point twice")
            return lead.user_id.id

    def _check_errors(self, outcomes):
        for outcome in outcomes:
            self.assertFalse(isinstance(outcome, Exception) and not isinstance(outcome, UserError), outcome)

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_eight_clients_and_one_lead(self):
        won = refused = 0
        for _run in range(self.RUNS):
            lead_id = self._lead()
            with self._env() as env:
                lead = env["crm.lead"].browse(lead_id)
                lead._leads_open_offers()._recall()
                Offering(env).make(
                    [
                        (lead_id, agent_id, lead.leads_routing_ids.id, "shark_tank")
                        for agent_id in self.offers["agents"]
                    ],
                    env.company,
                )
            outcomes = self._race(*[self._accept(*live) for live in self._live(lead_id)])
            self._check_errors(outcomes)
            self.assertEqual(outcomes.count(True), 1, outcomes)
            self.assertTrue(self._check_one_fate(lead_id))
            won += 1
            refused += len(outcomes) - 1
        figure("offer races", "8 clients on one lead: runs, winners, told so", f"{self.RUNS}, {won}, {refused}")

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_one_agent_in_eight_tabs(self):
        for _run in range(self.RUNS // 10 + 1):
            lead_id = self._lead()
            [live] = self._live(lead_id)
            outcomes = self._race(*[self._accept(*live)] * CLIENTS)
            self._check_errors(outcomes)
            self.assertEqual(outcomes.count(True), 1, outcomes)
            self._check_one_fate(lead_id)

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_accepting_against_the_deadline(self):
        owned = 0
        for _run in range(self.RUNS):
            lead_id = self._lead()
            [live] = self._live(lead_id)
            self._let_pass(lead_id)
            outcomes = self._race(self._accept(*live), self._expire(), self._expire())
            self._check_errors(outcomes)
            owned += bool(self._check_one_fate(lead_id))
        figure("offer races", "accept against two jobs at the deadline: runs, accepted", f"{self.RUNS}, {owned}")

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_accepting_against_taking_back(self):
        owned = 0
        manager = self.made["manager"]
        for _run in range(self.RUNS):
            lead_id = self._lead()
            [live] = self._live(lead_id)
            outcomes = self._race(
                self._accept(*live),
                lambda env, lead_id=lead_id: (
                    env(user=manager)["crm.lead"].browse(lead_id).action_leads_recall() or True
                ),
            )
            self._check_errors(outcomes)
            owned += bool(self._check_one_fate(lead_id))
        figure("offer races", "accept against taking back: runs, accepted", f"{self.RUNS}, {owned}")

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_two_users_at_work_on_the_catch_all(self):
        """One user accepts, assigns or resubmits while the other assigns: one succeeds, the other is notified."""
        catchers, agent_id = self.offers["agents"][:2], self.offers["agents"][-1]
        told = 0

        def press(name, offer_id, user_id, *args):
            return lambda env: getattr(env(user=user_id)["leads.agent.offer"].browse(offer_id), name)(*args) or True

        for run in range(max(3, self.RUNS // 3)):
            lead_id = self._lead()
            with self._env() as env:
                lead = env["crm.lead"].browse(lead_id)
                lead._leads_open_offers()._recall()
                rows = [(lead_id, user_id, lead.leads_routing_ids.id, "catch_all") for user_id in catchers]
                Offering(env).make(rows, env.company)
            first, second = self._live(lead_id)
            method = ("action_accept", "action_assign_to", "action_resubmit")[run % 3]
            outcomes = self._race(
                press(method, *first, *([agent_id] if method == "action_assign_to" else [])),
                press("action_assign_to", *second, agent_id),
            )
            self._check_errors(outcomes)
            self.assertEqual(sum(isinstance(outcome, UserError) for outcome in outcomes), 1, outcomes)
            told += 1
            owner = self._check_one_fate(lead_id)
            won = second if isinstance(outcomes[0], UserError) else first
            expected = {"action_accept": first[1], "action_assign_to": agent_id, "action_resubmit": False}
            self.assertEqual(owner, agent_id if won == second else expected[method])
        figure("offer races", "two users of the catch-all: runs, told so", f"{run + 1}, {told}")

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_leads_that_come_at_the_same_moment_are_shared_fairly(self):
        team = self.offers["team"]

        def come(env):
            return env(user=1)["crm.lead"].create({"name": "Race", "team_id": team, "user_id": False}).id

        lead_ids = self._race(*[come] * CLIENTS)
        with self._env() as env:
            holders = env["crm.lead"].browse(lead_ids).leads_offer_ids.agent_id
            self.assertEqual(len(holders), CLIENTS, "each agent got one")

    # ------------------------------------------------------------------
    # One person, two leads
    # ------------------------------------------------------------------

    def _write_in(self, **vals):
        values = {"name": "Race", "team_id": self.offers["team"], "user_id": False, "contact_name": "Jo", **vals}
        return lambda env: env(user=1)["crm.lead"].create(values).id

    def _check_one_holder(self, lead_ids):
        """Check that one agent owns all of the leads, and holds their customer; no offer is left."""
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            self.assertEqual(len(leads.user_id), 1, leads.mapped("user_id.login"))
            self.assertTrue(all(lead.user_id for lead in leads))
            self.assertEqual(len(leads.partner_id), 1, "one customer")
            self.assertEqual(leads.partner_id.leads_agent_id, leads.user_id)
            self.assertNotIn("offered", leads.leads_offer_ids.mapped("state"))
            known = env["res.partner"].search_count([("email_normalized", "=", leads[0].email_normalized)])
            self.assertEqual(known, 1, "no second record of the customer")
            for lead in leads:
                self._check_one_fate(lead.id)

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_one_person_writes_twice_and_two_agents_accept_at_the_same_instant(self):
        told = 0
        for run in range(self.RUNS):
            email = f"jo{run}@race.example.com"
            lead_ids = self._race(
                self._write_in(email_from=f"Jo <{email}>"),
                self._write_in(email_from=email.title(), phone="+32470000021"),
            )
            lives = [self._live(lead_id)[0] for lead_id in lead_ids]
            self.assertNotEqual(lives[0][1], lives[1][1], "two agents are asked")
            outcomes = self._race(*[self._accept(*live) for live in lives])
            self._check_errors(outcomes)
            self.assertEqual(outcomes.count(True), 1, outcomes)
            told += sum(isinstance(outcome, UserError) for outcome in outcomes)
            self._check_one_holder(lead_ids)
            self._forget(lead_ids)
        figure("offer races", "one person, two leads, two agents: runs, told so", f"{self.RUNS}, {told}")

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_one_person_writes_again_while_the_first_enquiry_is_accepted(self):
        for run in range(self.RUNS):
            email = f"ann{run}@race.example.com"
            first = self._write_in(email_from=email)
            with self._env() as env:
                lead_ids = [first(env)]
            [live] = self._live(lead_ids[0])
            outcomes = self._race(self._accept(*live), self._write_in(email_from=email))
            self._check_errors(outcomes)
            lead_ids.append(outcomes[1])
            # An agent with an offer of the second lead, made before the acceptance was known, gives it to the owner by
            # accepting.
            for offer_id, agent_id in self._live(lead_ids[1]):
                with self._env() as env:
                    self._accept(offer_id, agent_id)(env)
            self._check_one_holder(lead_ids)
            self._forget(lead_ids)

    @mute_logger("odoo.sql_db", "odoo.service.model", "odoo.http")
    def test_accepting_against_a_manager_who_assigns_the_customer(self):
        partner_id = self.made["partners"][0]
        by = self.offers["agents"][-1]
        for run in range(self.RUNS // 10 + 2):
            with self._env() as env:
                env["res.partner"].browse(partner_id).email = f"free{run}@race.example.com"
                lead_ids = [self._write_in(email_from=f"free{run}@race.example.com")(env)]
            [live] = self._live(lead_ids[0])
            outcomes = self._race(self._accept(*live), self._assign(by, partner_id))
            self._check_errors(outcomes)
            with self._env() as env:
                lead = env["crm.lead"].browse(lead_ids)
                self.assertEqual(lead.partner_id.id, partner_id)
                self.assertEqual(lead.user_id, lead.partner_id.leads_agent_id)
            self._forget(lead_ids)

    def _forget(self, lead_ids):
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            partners = leads.partner_id
            env.cr.execute("DELETE FROM leads_agent_assignment WHERE partner_id = ANY(%s)", [partners.ids])
            env.cr.execute("UPDATE res_partner SET leads_agent_id = NULL WHERE id = ANY(%s)", [partners.ids])
            env.invalidate_all()
            leads.unlink()
            partners.filtered(lambda partner: partner.id not in self.made["partners"]).unlink()
