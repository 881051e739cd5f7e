from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent_offer.routing import Routing, plain_description

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestRouting(OfferCommon):
    """Which agent is offered a lead, and why."""

    def test_the_tags_that_both_carry_decide(self):
        solar, battery = self._tag("solar"), self._tag("battery")
        self._skill(self.agent, solar, 10)
        self._skill(self.other_agent, battery, 90)
        lead = self._incoming("Offer", description="<p>A <b>solar</b> roof, with BATTERY please</p>")
        self.assertEqual(self._holder(lead), self.other_agent)
        self.assertEqual(lead.leads_routing_ids.tag_ids, solar | battery)
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_an_exclusive_tag_keeps_others_out(self):
        self._skill(self.agent, self._tag("solar", need="exclusive"), 0)
        self._skill(self.other_agent, self._tag("roof"), 1000)
        self.assertEqual(self._holder(self._incoming("solar roof")), self.agent)

    def test_nobody_holds_a_required_tag(self):
        self._tag("in Japanese", need="required")
        lead = self._incoming("Please answer in Japanese")
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertIn("No agent qualifies", lead.leads_waiting_reason)
        self.assertIn("tag that the lead requires", str(lead.leads_routing_ids.audit_html))

    def test_untagged_leads_go_to_whoever_was_served_longest_ago(self):
        holders = [self._holder(self._incoming(f"Lead {nr}")) for nr in range(6)]
        self.assertEqual(holders, [self.agent, self.other_agent] * 3)

    def test_untagged_leads_to_nobody(self):
        self.env.company.leads_offer_untagged_to_all = False
        self.assertEqual(self._incoming("Anything").leads_offer_state, "waiting")

    def test_pecking_order_and_its_condition(self):
        self.profiles[self.other_agent].pecking_order = 1
        self.assertEqual(self._holder(self._incoming()), self.other_agent)
        tag = self._tag("solar")
        for user in (self.agent, self.other_agent):
            self._skill(user, tag)
        self.profiles[self.agent].pecking_ids = [Command.create({"tag_id": tag.id, "number": 100})]
        self.assertEqual(self._holder(self._incoming("solar")), self.agent)

    def test_ranges_of_money_and_of_zip_codes(self):
        self._skill(self.agent, self._tag("large order", kind="money", low=5000))
        self._skill(self.other_agent, self._tag("Brussels", kind="zip", zip_low="1000", zip_high="1299"))
        self.assertEqual(self._holder(self._incoming("Lead", description="we have 12,000 EUR for it")), self.agent)
        self.assertEqual(self._holder(self._incoming("Lead", expected_revenue=7000)), self.agent)
        self.assertEqual(self._holder(self._incoming("Lead", zip="1180")), self.other_agent)

    def test_a_phone_number_is_no_money(self):
        tag = self._tag("large order", kind="money", low=5000)
        self._skill(self.agent, tag)
        lead = self._incoming("Lead", phone="+32470123456")
        self.assertFalse(lead.leads_routing_ids.tag_ids)

    def test_the_name_of_an_agent_is_a_tag(self):
        self.profiles[self.other_agent].name_is_tag = True
        for _nr in range(2):
            lead = self._incoming("For Agent Ben, who called me")
            self.assertEqual(self._holder(lead), self.other_agent)

    def test_a_lead_that_names_no_tag_of_a_third_agent_stays_in_the_call_center(self):
        self._profile(self._user("agent_cleo", "leads_agent.group_leads_agent"), pecking_order=1000)
        self.assertEqual(self._holder(self._incoming()), self.agent)

    def test_who_is_switched_off_is_passed_by_and_the_audit_says_so(self):
        self.agent.leads_available = False
        lead = self._incoming()
        self.assertEqual(self._holder(lead), self.other_agent)
        audit = str(lead.leads_routing_ids.audit_html)
        self.assertIn("The agent has switched off new leads", audit)
        self.assertIn("Agent Ben", audit)
        self.assertIn("Selected", audit)

    def test_volume_cap(self):
        self.profiles[self.agent].write({"cap": 1, "pecking_order": 100})
        self.assertEqual(self._holder(self._incoming()), self.agent)
        second = self._incoming()
        self.assertEqual(self._holder(second), self.other_agent)
        self.assertIn("reached the maximum number of leads", str(second.leads_routing_ids.audit_html))

    def test_a_higher_performance_comes_first(self):
        offer = self._live(self._incoming())
        self.env["leads.agent.score.entry"]._add("missed", offer)
        self.assertEqual(self.profiles[self.agent].score, 95)
        self.env.flush_all()
        self.env.cr.execute("UPDATE leads_agent_profile SET served_nr = 0")
        self.env.invalidate_all()
        self.assertEqual(self._holder(self._incoming()), self.other_agent)

    def test_the_preview_writes_nothing(self):
        lead = self._incoming(team_id=False)
        self.assertEqual(lead.leads_offer_state, "none")
        lead.team_id = self.call_center
        action = lead.with_user(self.manager).action_leads_preview()
        self.assertIn("1. Agent Anna", action["params"]["message"])
        self.assertFalse(lead.leads_routing_ids or lead.leads_offer_ids)

    def test_a_backlog_is_shared_out_as_a_whole(self):
        solar, battery = self._tag("solar"), self._tag("battery")
        self._skill(self.agent, solar, 90)
        self._skill(self.agent, battery, 80)
        self._skill(self.other_agent, battery, 70)
        self.env.company.leads_offer_intercept = True
        leads = self.env["crm.lead"].union(*[self._incoming(name) for name in ["solar", "battery"] * 10])
        self.assertEqual(set(leads.mapped("leads_offer_state")), {"held"})
        leads.with_user(self.manager).action_leads_route()
        by_agent = leads.leads_offer_ids.grouped("agent_id")
        self.assertEqual(len(by_agent[self.agent]) + len(by_agent[self.other_agent]), 20)
        self.assertGreaterEqual(len(by_agent[self.other_agent]), 8)

    def test_the_audit_of_a_backlog_says_what_was_decided_then(self):
        solar = self._tag("solar", need="exclusive")
        skill = self._skill(self.agent, solar, 70)
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "team_id": self.call_center.id, "user_id": False, "email_from": f"{name[0]}@example.com"}
                for name in ("A solar roof", "Boiler")
            ]
        )
        alone = self._incoming("A solar roof", email_from="alone@example.com", phone=False)
        audits = [routing._verdict_rows() for routing in (leads[0] | alone).leads_routing_ids.sorted("id")]
        self.assertTrue(leads[0].leads_routing_ids.roster_id, "written once for all")
        self.assertEqual(leads.leads_routing_ids.roster_id, leads[0].leads_routing_ids.roster_id)
        self.assertFalse(alone.leads_routing_ids.roster_id)
        self.assertEqual(*audits)
        page = str(leads[0].leads_routing_ids.audit_html)
        self.assertIn("The agent has none of the lead&#39;s exclusive tags.", page)
        # Later changes do not affect past decisions.
        skill.weight = 5
        self.agent.leads_available = False
        self.env.invalidate_all()
        self.assertEqual(leads[0].leads_routing_ids.with_user(self.manager)._verdict_rows(), audits[0])
        self.assertEqual(str(leads[0].leads_routing_ids.audit_html), page)

    def test_the_agents_of_a_backlog_are_kept_as_long_as_its_leads(self):
        Roster = self.env["leads.agent.roster"]
        leads = self.env["crm.lead"].create(
            [{"name": f"Lead {nr}", "team_id": self.call_center.id, "user_id": False} for nr in range(2)]
        )
        roster = leads.leads_routing_ids.roster_id
        leads[0].unlink()
        Roster._gc_rosters()
        self.assertTrue(roster.exists())
        leads[1].unlink()
        Roster._gc_rosters()
        self.assertFalse(roster.exists())

    def test_what_a_customer_wrote_is_read_the_same_however_it_is_wrapped(self):
        for text in (
            "<p>Twelve panels, please</p>",
            "<span>Twelve panels, please</span>",
            "<div>Twelve <b>panels</b>, please</div>",
            "<p>Twelve  panels, <!-- now -->please</p>",
            "<p>Twelve pan<i>els</i>,\nplease</p>",
        ):
            with self.subTest(text):
                lead = self._incoming(description=text, email_from="wrap@example.com", phone=False)
                self.assertEqual(plain_description(lead), "Twelve panels, please")

    def test_a_backlog_costs_no_queries_per_lead(self):
        self._skill(self.agent, self._tag("solar"))
        costs = []
        for count in (5, 40):
            self.env.company.leads_offer_intercept = True
            leads = self.env["crm.lead"].union(*[self._incoming("solar") for _nr in range(count)])
            self.env.company.leads_offer_intercept = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Routing(leads).offer()
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(leads.leads_offer_ids), count)
        self.assertLessEqual(costs[1], costs[0] + 2, costs)

    # ------------------------------------------------------------------
    # Hours
    # ------------------------------------------------------------------

    def test_held_by_a_manager_and_released(self):
        self.env.company.leads_offer_intercept = True
        lead = self._incoming()
        self.assertEqual((lead.leads_offer_state, lead.leads_offer_until), ("held", False))
        self.env.company.leads_offer_intercept = False
        lead.with_user(self.manager).action_leads_release()
        self._run_job()
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_outside_the_hours_leads_wait_and_come_one_by_one(self):
        self.env.company.leads_offer_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Monday morning",
                "tz": "Europe/Brussels",
                "attendance_ids": [
                    Command.clear(),
                    Command.create({"name": "x", "dayofweek": "0", "hour_from": 9, "hour_to": 12}),
                ],
            }
        )
        self.env.company.leads_offer_spacing = 30
        with freeze_time("2026-11-22 20:00:00") as clock:  # a Sunday
            first, second = self._incoming(), self._incoming()
            self.assertEqual(first.leads_offer_until, fields.Datetime.to_datetime("2026-11-23 08:00:00"))
            self.assertEqual(second.leads_offer_until - first.leads_offer_until, timedelta(seconds=30))
            clock.move_to("2026-11-23 08:00:10")
            self._run_job()
            self.assertEqual((first.leads_offer_state, second.leads_offer_state), ("offered", "held"))
            clock.move_to("2026-11-23 08:00:30")
            self._run_job()
            self.assertEqual(second.leads_offer_state, "offered")

    def test_the_override_beats_the_hours(self):
        self.env.company.leads_offer_override = "closed"
        lead = self._incoming()
        self.assertEqual(lead.leads_offer_state, "held")
        self.env.company.leads_offer_override = "open"
        lead.with_user(self.manager).action_leads_release()
        self._run_job()
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_imported_leads_come_one_a_minute(self):
        leads = (
            self.env["crm.lead"]
            .with_context(import_file=True)
            .create([{"name": f"Row {nr}", "team_id": self.call_center.id, "user_id": False} for nr in range(3)])
        )
        self.assertEqual(
            [(lead.leads_offer_until - leads[0].leads_offer_until).total_seconds() for lead in leads], [0, 60, 120]
        )

    # ------------------------------------------------------------------
    # Importing and creating leads
    # ------------------------------------------------------------------

    def test_a_mail_is_routed_by_what_it_says(self):
        self._skill(self.other_agent, self._tag("heat pump"), 50)
        lead = self.env["crm.lead"].message_new(
            {"subject": "Question", "from": "Jo <jo@example.com>", "body": "<p>Do you sell heat-pumps?</p>"},
            {"team_id": self.call_center.id},
        )
        self.assertEqual(self._holder(lead), self.other_agent)

    def test_a_repeat_lead_goes_to_whoever_holds_the_customer(self):
        customer = self._lead("Harbour Café", email="Harbour@Example.com")
        self._assign(customer, self.other_agent)
        lead = self._incoming("Again", email_from="harbour@example.com", phone=False)
        self.assertEqual((lead.user_id, lead.leads_offer_state), (self.other_agent, "accepted"))
        self.assertEqual(lead.partner_id, customer)
        entry = self.env["leads.agent.score.entry"].search([("offer_id", "in", lead.leads_offer_ids.ids)])
        self.assertEqual((entry.cause, entry.points), ("coalesced", 1))

    def test_leads_that_somebody_owns_and_those_of_other_teams_are_left_alone(self):
        owned = self._incoming(user_id=self.salesperson.id)
        other = self._incoming(team_id=self.env["crm.team"].create({"name": "Field"}).id)
        for lead in (owned, other):
            self.assertEqual(lead.leads_offer_state, "none")
            self.assertFalse(lead.leads_offer_ids)

    # ------------------------------------------------------------------
    # Invalid input
    # ------------------------------------------------------------------

    def test_tags_that_say_nothing_are_refused(self):
        for vals, sentence in (
            ({"name": "solar, roof"}, "cannot contain a comma"),
            ({"name": "x"}, "at least 2"),
            ({"name": "y" * 101}, "at most 100"),
            ({"name": "money", "kind": "money"}, "needs a lower or an upper limit"),
            ({"name": "money", "kind": "money", "low": 10, "high": 5}, "the lower limit is above the upper limit"),
            ({"name": "zips", "kind": "zip", "zip_low": "1000", "zip_high": "99999"}, "same length"),
        ):
            with self.subTest(sentence), self.assertRefused(ValidationError, sentence):
                self._tag(**vals)

    def test_settings_have_bounds(self):
        for name, value in (("leads_offer_minutes", 1), ("leads_offer_minutes", 20161), ("leads_offer_most_agents", 9)):
            with self.subTest(name), self.assertRefused(ValidationError, "whole number"):
                self.env.company[name] = value

    def test_a_lead_that_is_offered_is_not_routed_again(self):
        lead = self._incoming()
        with self.assertRefused(UserError, "is being offered"):
            lead.with_user(self.manager).action_leads_route()
