from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .mail_common import MailCommon

JO = "Jo Writer <jo@writer.example.org>"
MAIL = "jo@writer.example.org"
NUMBER = "+32 470 00 00 21"


@tagged("post_install", "-at_install")
class TestSamePerson(MailCommon):
    """Several enquiries of one person have one holder and one customer, checked before each offer and at acceptance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {"leads_agent_lock_assigned": True, "country_id": cls.env.ref("base.be").id, "leads_offer_shark_minutes": 0}
        )

    def _form(self, **vals):
        """Create a lead as a form does."""
        return self._incoming("A form", **{"email_from": False, "phone": False, "contact_name": "Jo", **vals})

    def _accept(self, lead):
        return self._live(lead).with_user(self._holder(lead)).action_accept()

    def _assert_one_holder(self, leads, agent, customer=None):
        self.env.invalidate_all()
        self.assertEqual(leads.user_id, agent)
        self.assertEqual(set(leads.mapped("leads_offer_state")), {"accepted"})
        self.assertEqual(len(leads.partner_id.commercial_partner_id), 1, "one customer")
        self.assertEqual(self._active(leads.partner_id[:1]).agent_id, agent)
        if customer:
            self.assertEqual(leads.partner_id.commercial_partner_id, customer)
        self.assertFalse(self._live(leads), "nothing is offered any more")
        seen = leads.with_user(agent).search([("id", "in", leads.ids)])
        self.assertEqual(seen.sorted("id"), leads.with_user(agent).sorted("id"), "in sight under the lock")
        self.assertTrue(seen.partner_id.read(["name", "phone", "email"]))
        other = (self.agent | self.other_agent) - agent
        self.assertFalse(leads.with_user(other).search([("id", "in", leads.ids)]))

    # ------------------------------------------------------------------
    # Two live offers at once
    # ------------------------------------------------------------------

    def test_two_mails_of_one_person_end_with_whoever_accepts_first(self):
        for first, second in ((JO, JO), (JO, "JO <Jo@Writer.Example.ORG>"), (JO, "jo@writer.example.org")):
            with self.subTest(second), self.env.cr.savepoint() as savepoint:
                leads = self._receive("One", sender=first) | self._receive("Two", sender=second)
                self.assertEqual(self._live(leads).agent_id, self.agent | self.other_agent, "two under offer at once")
                late = self._live(leads[0])
                winner = self._holder(leads[1])
                self._accept(leads[1])
                self._assert_one_holder(leads, winner)
                with self.assertRefused(UserError, "no longer available"):
                    late.with_user(late.agent_id).action_accept()
                points = self.env["leads.agent.score.entry"].search([("agent_id", "=", winner.id)])
                self.assertEqual(sorted(points.mapped("cause")), ["accepted", "coalesced"])
                self.assertFalse(points.search([("agent_id", "=", late.agent_id.id)]), "no points for who was second")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_other_addresses_are_other_people(self):
        for second in ("jo+roof@writer.example.org", "j.o@writer.example.org", "jo@writer.example.com"):
            with self.subTest(second), self.env.cr.savepoint() as savepoint:
                first, other = self._receive("One", sender=JO), self._receive("Two", sender=f"Jo <{second}>")
                self._accept(first)
                self.assertEqual(other.leads_offer_state, "offered")
                self._accept(other)
                self.assertNotEqual(first.partner_id, other.partner_id)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_by_mail_and_by_form(self):
        leads = self._receive("One", sender=JO) | self._form(email_from="Jo@writer.example.org", phone=NUMBER)
        winner = self._holder(leads[0])
        self._accept(leads[0])
        self._assert_one_holder(leads, winner)

    def test_one_number_in_several_forms(self):
        for phone in (
            "0470 00 00 21",
            "0032 470000021",
            "(+32) 470/00.00.21",
            "470 00 00 21",
            "0470000021 (after six)",
        ):
            with self.subTest(phone), self.env.cr.savepoint() as savepoint:
                leads = self._form(phone=NUMBER) | self._form(phone=phone)
                winner = self._holder(leads[1])
                self._accept(leads[1])
                self._assert_one_holder(leads, winner)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_two_addresses_that_a_third_enquiry_joins(self):
        leads = self._receive("One", sender=JO) | self._form(phone=NUMBER) | self._form(phone=NUMBER, email_from=MAIL)
        winner = self._holder(leads[0])
        self._accept(leads[0])
        self._assert_one_holder(leads, winner)

    def test_what_is_held_is_asked_for_its_customer_in_its_turn(self):
        first, second = self._receive("One", sender=JO), self._receive("Two", sender=JO)
        second.with_user(self.manager).action_leads_recall()
        winner = self._holder(first)
        self._accept(first)
        self.assertEqual(second.leads_offer_state, "held", "a manager holds it")
        second.with_user(self.manager).action_leads_release()
        self._pass_time(minutes=1)
        self._assert_one_holder(first | second, winner)

    # ------------------------------------------------------------------
    # Known customers
    # ------------------------------------------------------------------

    def test_a_known_customer_whom_nobody_holds_is_not_made_twice(self):
        known = self._lead("Jo Writer", email="JO@writer.example.org", phone=NUMBER)
        before = self.env["res.partner"].with_context(active_test=False).search_count([])
        for how, come in (
            ("mail", lambda: self._receive("One", sender=JO)),
            ("e-mail on a form", lambda: self._form(email_from=MAIL)),
            ("number on a form", lambda: self._form(phone="0470 00 00 21")),
            ("named", lambda: self._form(partner_id=known.id)),
        ):
            with self.subTest(how), self.env.cr.savepoint() as savepoint:
                lead = come()
                winner = self._holder(lead)
                self._accept(lead)
                self._assert_one_holder(lead, winner, known)
                after = self.env["res.partner"].with_context(active_test=False).search_count([])
                self.assertEqual(after, before)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_one_by_e_mail_and_one_by_number_of_a_known_customer(self):
        known = self._lead("Jo Writer", email=MAIL, phone=NUMBER)
        leads = self._receive("One", sender=JO) | self._form(phone="0470/00.00.21") | self._form(partner_id=known.id)
        self.assertEqual(len(self._live(leads)), 3)
        winner = self._holder(leads[1])
        self._accept(leads[1])
        self._assert_one_holder(leads, winner, known)

    def test_a_customer_whom_somebody_holds_is_theirs_at_once(self):
        known = self._lead("Jo Writer", email=MAIL, phone=NUMBER)
        self._assign(known, self.other_agent)
        self.profiles[self.agent].pecking_order = 1000
        leads = (
            self._receive("One", sender="JO@Writer.example.org")
            | self._form(phone="0470 00 00 21")
            | self._form(partner_id=known.id)
        )
        self._assert_one_holder(leads, self.other_agent, known)

    def test_a_lead_whose_owner_is_taken_away_goes_to_the_holder_of_its_customer(self):
        lead = self._receive("One", sender=JO)
        owner = self._holder(lead)
        self._accept(lead)
        self.env.flush_all()
        for vals in ({"user_id": False}, {"user_id": False, "probability": 10}):
            lead.write(vals)
            self._assert_one_holder(lead, owner)
            accepted = lead.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")
            self.assertEqual((len(accepted), accepted.kind), (1, "coalesced"))

    def test_an_archived_customer_is_a_customer_again(self):
        known = self._customer("Jo Writer", email=MAIL)
        known.active = False
        lead = self._receive("One", sender=JO)
        winner = self._holder(lead)
        self._accept(lead)
        self._assert_one_holder(lead, winner, known)
        self.assertTrue(known.active)

    def test_colleagues_and_customers_of_other_companies_are_nobody_here(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._customer("Jo Elsewhere", email=MAIL, company_id=company.id)
        lead = self._form(email_from=MAIL)
        winner = self._holder(lead)
        self._accept(lead)
        self._assert_one_holder(lead, winner)
        self.assertNotEqual(lead.partner_id, foreign)
        self.salesperson.partner_id.phone = NUMBER
        lead = self._form(phone=NUMBER)
        self._accept(lead)
        self.assertNotEqual(lead.partner_id, self.salesperson.partner_id)

    def test_a_customer_of_somebody_who_works_elsewhere_waits_and_says_so(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "agent_elsewhere",
            "leads_agent.group_leads_agent",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        known = self._lead("Jo Writer", email=MAIL)
        self._give(known, stranger, company=company, unconditional=True)
        lead = self._receive("One", sender=JO)
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertIn("is assigned to an agent who does not work in", lead.leads_waiting_reason)
        self.assertTrue(lead.leads_offer_until)
        self._active(known)._end("unassigned")
        self._pass_time(minutes=6)
        self.assertEqual(lead.leads_offer_state, "offered")

    # ------------------------------------------------------------------
    # The customer is assigned while the lead is offered
    # ------------------------------------------------------------------

    def test_a_customer_who_is_assigned_meanwhile(self):
        """On acceptance the lead goes to the holder, and the agent is notified; likewise before the next offer."""
        known = self._lead("Jo Writer", email=MAIL)
        for answer in ("action_accept", "action_decline", None):
            with self.subTest(answer), self.env.cr.savepoint() as savepoint:
                lead = self._receive("One", sender=JO)
                offer = self._live(lead)
                other = (self.agent | self.other_agent) - offer.agent_id
                self._assign(known, other)
                if answer:
                    action = getattr(offer.with_user(offer.agent_id), answer)()
                    self.assertEqual(answer == "action_accept", action is not True)
                    if action is not True:
                        self.assertIn("Somebody else already holds the customer", action["params"]["message"])
                else:
                    self._pass_time(minutes=6)
                self._assert_one_holder(lead, other, known)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_customer_who_is_merged_meanwhile(self):
        for answer in ("action_accept", "action_decline"):
            with self.subTest(answer), self.env.cr.savepoint() as savepoint:
                free = self._lead("Jo Writer", email=MAIL)
                held = self._lead("Writers Ltd", email="office@writers.example.org")
                lead = self._receive("One", sender=JO)
                lead.partner_id = free
                offer = self._live(lead)
                other = (self.agent | self.other_agent) - offer.agent_id
                self._assign(held, other)
                self.env["base.partner.merge.automatic.wizard"]._merge((free | held).ids, held)
                self.env.invalidate_all()
                self.assertEqual(lead.partner_id, held)
                getattr(offer.with_user(offer.agent_id), answer)()
                self._assert_one_holder(lead, other, held)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_catch_all_gives_to_whoever_holds_the_customer(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        known = self._lead("Jo Writer", email=MAIL)
        for method in ("action_assign_to", "action_accept"):
            with self.subTest(method), self.env.cr.savepoint() as savepoint:
                lead = self._receive("One", sender=JO)
                for _nr in range(2):
                    self._live(lead).with_user(self._holder(lead)).action_decline()
                self.assertEqual(self._holder(lead), self.manager)
                self._assign(known, self.other_agent)
                offer = self._live(lead).with_user(self.manager)
                getattr(offer, method)(*([self.agent.id] if method == "action_assign_to" else []))
                self._assert_one_holder(lead, self.other_agent, known)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_is_full_by_now_is_told_and_owns_nothing(self):
        lead = self._receive("One", sender=JO)
        agent = self._holder(lead)
        agent.leads_max_open = 1
        self._assign(self._lead("Another"), agent)
        with self.assertRefused(UserError, "leads"):
            self._accept(lead)
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.partner_id)

    def test_what_stands_against_a_known_customer_holds_for_an_enquiry_by_e_mail(self):
        known = self._lead("Jo Writer", email=MAIL)
        self.env["leads.agent.opt.out"]._record(known)
        lead = self._form(email_from=MAIL)
        self.assertEqual(lead.leads_offer_state, "waiting")
        self.assertEqual(lead.leads_waiting_reason, "Jo Writer does not want to be called.")
