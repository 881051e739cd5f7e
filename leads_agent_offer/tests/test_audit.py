import ast
import importlib.util
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.leads_agent_offer.offering import Offering

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestAudit(OfferCommon):
    """The audit shows past decisions with the names at that time; every assigned lead has one."""

    def _audit(self, lead):
        """Return the newest audit as a manager sees it: the page, and the row in the list."""
        self.env.flush_all()
        self.env.invalidate_all()
        routing = lead.leads_routing_ids[0].with_user(self.manager)
        return str(routing.audit_html), routing.tag_names, routing.agent_name

    def _two_leads(self, name):
        """Return a lead routed alone, and one of a backlog."""
        alone = self._incoming(name, email_from="alone@example.com", phone=False)
        backlog = self.env["crm.lead"].create(
            [
                {"name": name, "team_id": self.call_center.id, "user_id": False, "email_from": f"{nr}@example.com"}
                for nr in range(2)
            ]
        )
        self.assertTrue(backlog.leads_routing_ids.roster_id)
        return alone, backlog[0]

    def test_what_changes_later_does_not_rewrite_it(self):
        solar, roof = self._tag("solar", need="required"), self._tag("roof")
        self._skill(self.agent, solar, 70)
        self._skill(self.agent, roof, 20)
        self.profiles[self.other_agent].name_is_tag = True
        cleo = self._user("agent_cleo", "leads_agent.group_leads_agent")
        self.call_center.crm_team_member_ids = [Command.create({"user_id": cleo.id})]
        self._profile(cleo)
        for lead in self._two_leads("Solar roof for Agent Ben"):
            before = self._audit(lead)
            for word in ("solar", "roof", "Agent Ben, an agent", "Agent Anna", "Agent Cleo", "Selected"):
                self.assertIn(word, before[0])
            self.assertEqual(before[1:], ("roof, solar", "Agent Anna"))
            for change in (
                lambda: solar.write({"name": "photovoltaics"}),
                lambda: solar.write({"need": "preferential", "kind": "zip", "zip_low": "1000"}),
                lambda: roof.write({"active": False}),
                solar.unlink,
                lambda: self.agent.write({"name": "Anna Maes"}),
                lambda: self.profiles[self.other_agent].write({"name_is_tag": False}),
                self.profiles[self.other_agent].unlink,
                self.agent.action_archive,
                cleo.unlink,
            ):
                with self.env.cr.savepoint() as savepoint:
                    change()
                    self.assertEqual(self._audit(lead), before)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_who_was_selected_stays_so_when_deleted(self):
        self._skill(self.agent, self._tag("solar"), 70)
        lead = self._incoming("Solar roof")
        before = self._audit(lead)
        self.assertIn("table-success", before[0])
        lead.leads_offer_ids.unlink()
        self.agent.unlink()
        self.assertFalse(lead.leads_routing_ids[0].agent_id)
        self.assertEqual(self._audit(lead), before)

    # ------------------------------------------------------------------
    # Without an offer
    # ------------------------------------------------------------------

    def _held(self, **vals):
        customer = self._lead("Harbour Café", **vals)
        self._assign(customer, self.other_agent)
        return customer

    def test_a_repeat_lead_has_its_audit(self):
        customer = self._held(email="harbour@example.com", phone="+32 2 555 01 01")
        for vals, sentence in (
            ({"email_from": "Harbour@example.com", "phone": False}, "who has the same e-mail address as the lead"),
            ({"email_from": False, "phone": "02 555 01 01", "country_id": self.env.ref("base.be").id}, "phone number"),
            ({"email_from": False, "phone": False, "partner_id": customer.id}, "the customer of this lead"),
        ):
            with self.subTest(sentence):
                lead = self._incoming("Again", **vals)
                self.assertEqual(lead.user_id, self.other_agent)
                routing = lead.leads_routing_ids
                self.assertEqual((routing.cause, routing.agent_id), ("coalesced", self.other_agent))
                page = self._audit(lead)[0]
                self.assertIn("Agent Ben holds Harbour Café", page)
                self.assertIn(sentence, page)
                self.assertEqual(lead.leads_offer_ids.kind, "coalesced")
                self.assertEqual(lead.leads_offer_ids.routing_id, routing)
                customer.name = "Dockside"
                self.assertEqual(self._audit(lead)[0], page)
                customer.name = "Harbour Café"

    def test_two_leads_of_one_person_both_have_theirs(self):
        first = self._incoming("One")
        second = self._incoming("Two")
        offer = self._live(first)
        offer.with_user(offer.agent_id).action_accept()
        self.assertEqual((first | second).user_id, offer.agent_id)
        self.assertEqual(first.leads_routing_ids.mapped("cause"), ["score"])
        self.assertEqual(second.leads_routing_ids.mapped("cause"), ["coalesced", "score"])
        self.assertEqual(second.leads_offer_ids.filtered(lambda one: one.state == "accepted").kind, "coalesced")

    def test_what_is_handed_over_at_accepting_has_its_audit(self):
        lead = self._incoming()
        offer = self._live(lead)
        self._held(email=lead.email_from)
        offer.with_user(offer.agent_id).action_accept()
        self.assertEqual(lead.user_id, self.other_agent)
        self.assertEqual(lead.leads_routing_ids.mapped("cause"), ["coalesced", "score"])

    def _caught(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        lead = self._incoming()
        for _nr in range(2):
            offer = self._live(lead)
            offer.with_user(offer.agent_id).action_decline()
        return lead

    def test_what_the_catch_all_assigns_has_its_audit(self):
        lead = self._caught()
        self._live(lead).with_user(self.manager).action_assign_to(self.other_agent.id)
        routing = lead.leads_routing_ids[0]
        self.assertEqual((routing.cause, routing.agent_id), ("assigned", self.other_agent))
        self.assertIn("Manager Mia, a catch-all user, assigned the lead to Agent Ben.", self._audit(lead)[0])
        kinds = {offer.kind: offer.state for offer in lead.leads_offer_ids}
        self.assertEqual(kinds, {"exclusive": "declined", "catch_all": "recalled", "assigned": "accepted"})

    def test_what_the_catch_all_accepts_is_the_catch_alls(self):
        lead = self._caught()
        self._live(lead).with_user(self.manager).action_accept()
        offer = lead.leads_offer_ids.filtered(lambda one: one.state == "accepted")
        self.assertEqual((offer.kind, offer.agent_id), ("catch_all", self.manager))

    def test_a_repeat_lead_that_loses_its_owner_is_routed(self):
        customer = self._held(email="harbour@example.com")
        lead = self._incoming("Again", email_from="harbour@example.com", phone=False)
        self._active(customer)._end("unassigned")
        lead.user_id = False
        self.assertEqual((lead.leads_offer_state, self._holder(lead)), ("offered", self.agent))
        self.assertEqual(lead.leads_routing_ids.mapped("cause"), ["score", "coalesced"])
        lead.with_user(self.manager).action_leads_recall()
        lead.with_user(self.manager).action_leads_route()
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_who_declined_before_an_assignment_is_not_asked_again(self):
        lead = self._caught()
        self._live(lead).with_user(self.manager).action_assign_to(self.other_agent.id)
        self._active(lead.partner_id)._end("unassigned")
        lead.user_id = False
        self.assertEqual(lead.leads_offer_state, "catch_all")
        self.assertEqual(self._holder(lead), self.manager)


@tagged("post_install", "-at_install")
class TestFigures(OfferCommon):
    """Reports count offers that an agent was asked to answer, and each miss once."""

    def setUp(self):
        super().setUp()
        self.env.company.write({"leads_offer_shark_minutes": 30, "leads_offer_catch_all_ids": self.manager.ids})

    def _report(self):
        """Return ``{agent: (offers, accepted, declined, missed)}`` as in *Offers Analysis* for the manager."""
        self.env.flush_all()
        self.env.invalidate_all()
        domain = ast.literal_eval(self.env.ref("leads_agent_offer.action_offers_report").domain)
        self.assertEqual(domain, ast.literal_eval(self.env.ref("leads_agent_offer.action_offers_region").domain))
        rows = (
            self.env["leads.agent.offer"]
            .with_user(self.manager)
            .formatted_read_group(
                [*domain, ("agent_id", "in", (self.agent | self.other_agent | self.manager).ids)],
                ["agent_id"],
                ["__count", "accepted_count:sum", "declined_count:sum", "missed_count:sum"],
            )
        )
        return {
            row["agent_id"][1]: tuple(
                row[name] for name in ("__count", "accepted_count:sum", "declined_count:sum", "missed_count:sum")
            )
            for row in rows
        }

    def _catch_all(self):
        """Return ``{state: offers}`` of the filter *Catch-All*."""
        rows = (
            self.env["leads.agent.offer"]
            .with_user(self.manager)
            .formatted_read_group([("kind", "=", "catch_all")], ["state"], ["__count"])
        )
        return {row["state"]: row["__count"] for row in rows}

    def _causes(self):
        return sorted(self.env["leads.agent.score.entry"].search([]).mapped("cause"))

    def _to_shark_tank(self):
        lead = self._incoming()
        self._pass_time(minutes=6)
        self._pass_time(minutes=12)
        self.assertEqual(lead.leads_offer_state, "shark_tank")
        return lead

    def test_the_end_of_a_shark_tank_is_no_second_miss(self):
        lead = self._to_shark_tank()
        sharks = self._live(lead)
        missed = {"Agent Anna": (1, 0, 0, 1), "Agent Ben": (1, 0, 0, 1)}
        self._pass_time(minutes=60)
        self.assertEqual(lead.leads_offer_state, "catch_all")
        self.assertEqual(set(sharks.mapped("state")), {"ended"})
        self.assertEqual(sum(sharks.mapped("missed_count")), 0)
        self.assertEqual(self._report(), missed)
        self.assertEqual(self._causes(), ["missed", "missed"])
        self.assertEqual(self.profiles[self.agent].score, 95)
        for offer in sharks:
            self.assertFalse(offer.with_user(offer.agent_id).may_ask_again)

    def test_who_takes_it_from_the_shark_tank_missed_once_and_accepted_once(self):
        lead = self._to_shark_tank()
        offer = self._live(lead).filtered(lambda one: one.agent_id == self.other_agent)
        offer.with_user(self.other_agent).action_accept()
        self.assertEqual(self._report(), {"Agent Anna": (1, 0, 0, 1), "Agent Ben": (2, 1, 0, 1)})
        self.assertEqual(self._causes(), ["accepted", "missed", "missed"])

    def test_a_shark_tank_whose_lead_is_taken_back(self):
        lead = self._to_shark_tank()
        lead.with_user(self.manager).action_leads_recall()
        self.assertEqual(self._report(), {"Agent Anna": (1, 0, 0, 1), "Agent Ben": (1, 0, 0, 1)})

    def test_who_was_not_asked_is_in_no_rate(self):
        self._assign(self._lead("Harbour Café", email="harbour@example.com"), self.agent)
        repeat = self._incoming("Again", email_from="harbour@example.com", phone=False)
        lead = self._incoming()
        for _nr in range(2):
            offer = self._live(lead)
            offer.with_user(offer.agent_id).action_decline()
        self._live(lead).with_user(self.manager).action_assign_to(self.other_agent.id)
        self.assertEqual((repeat.user_id, lead.user_id), (self.agent, self.other_agent))
        self.assertEqual(self._report(), {"Agent Anna": (1, 0, 1, 0), "Agent Ben": (1, 0, 1, 0)})
        self.assertEqual(self._catch_all(), {"recalled": 1}, "of the catch-all nobody accepted")
        self.assertEqual(self._causes(), ["assigned", "coalesced", "declined", "declined"])

    def test_the_catch_all_counts_what_it_accepts(self):
        lead = self._incoming()
        for _nr in range(2):
            offer = self._live(lead)
            offer.with_user(offer.agent_id).action_decline()
        self._live(lead).with_user(self.manager).action_accept()
        self.assertEqual(self._catch_all(), {"accepted": 1})
        self.assertNotIn("Manager Mia", self._report())

    def test_a_cap_counts_what_was_given(self):
        self._assign(self._lead("Harbour Café", email="harbour@example.com"), self.agent)
        self.profiles[self.agent].cap = 1
        self._incoming("Again", email_from="harbour@example.com", phone=False)
        self.assertEqual(self.profiles[self.agent].accepted_count, 1)
        self.assertEqual(self._holder(self._incoming()), self.other_agent)

    def test_kept_databases_are_brought_to_it(self):
        """The upgrade fills in names and kinds of old rows."""
        tag = self._tag("solar")
        self._skill(self.agent, tag, 70)
        self._assign(self._lead("Harbour Café", email="harbour@example.com"), self.other_agent)
        repeat = self._incoming("Again", email_from="harbour@example.com", phone=False)
        lead = self._incoming("Solar roof", email_from="a@example.com", phone=False)
        backlog = self.env["crm.lead"].create(
            [{"name": "Solar", "team_id": self.call_center.id, "user_id": False} for _nr in range(2)]
        )
        routings = (lead | backlog).leads_routing_ids
        pages = routings.mapped("audit_html")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            shark = Offering(self.env).make(
                [(lead.id, self.agent.id, lead.leads_routing_ids.id, "shark_tank")], self.env.company
            )
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("UPDATE leads_agent_offer SET kind = 'catch_all' WHERE kind = 'coalesced'")
        cr.execute("UPDATE leads_agent_offer SET state = 'missed', missed_count = 1 WHERE id = %s", shark.ids)
        cr.execute("UPDATE leads_agent_routing SET agent_name = NULL")
        for table, column in (
            ("leads_agent_routing", "hits"),
            ("leads_agent_routing", "verdicts"),
            ("leads_agent_roster", "agents"),
        ):
            cr.execute(
                f"UPDATE {table} SET {column} = (SELECT jsonb_agg(e - -1) FROM jsonb_array_elements({column}) e)"
                f" WHERE jsonb_array_length({column}) > 0"
            )
        path = file_path("leads_agent_offer/migrations/19.0.1.2.0/post-figures.py")
        spec = importlib.util.spec_from_file_location("post_figures", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for _twice in range(2):
            script.migrate(cr, "19.0.1.1.0")
            self.env.invalidate_all(flush=False)
            self.assertEqual(routings.mapped("audit_html"), pages)
            self.assertEqual(repeat.leads_offer_ids.kind, "coalesced")
            self.assertEqual((shark.state, shark.missed_count), ("ended", 0))
