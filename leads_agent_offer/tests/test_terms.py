from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .offer_common import OfferCommon

FIRST = "agree to the terms first"


class TermsCase(OfferCommon):
    """A company with terms."""

    def setUp(self):
        super().setUp()
        self.env.company.leads_offer_terms = "<p>Call within the hour.</p>"

    def _caught(self, *users):
        """Return the offers of a lead that nobody took, by user."""
        self.env.company.leads_offer_catch_all_ids = self.env["res.users"].union(*users)
        lead = self._incoming()
        for _nr in range(2):
            offer = self._live(lead)
            offer.with_user(offer.agent_id).action_decline()
        self.assertEqual(lead.leads_offer_state, "catch_all")
        return {offer.agent_id: offer.with_user(offer.agent_id) for offer in self._live(lead)}

    def assertNotTaken(self, offer):
        self.env.invalidate_all()
        offer = offer.sudo()
        self.assertEqual((offer.state, len(offer.lead_id.user_id)), ("offered", 0))


@tagged("post_install", "-at_install")
class TestTerms(TermsCase):
    """Terms apply to every way of accepting."""

    def test_accepting_in_odoo_asks_for_them(self):
        offer = self._live(self._incoming()).with_user(self.agent)
        self.assertTrue(offer.has_terms)
        for kwargs in ({}, {"agreed": False}, {"agreed": None}, {"agreed": 0}):
            with self.assertRefused(UserError, FIRST):
                offer.action_accept(**kwargs)
        with self.assertRefused(UserError, "true or false"):
            offer.action_accept(agreed="certainly")
        self.assertNotTaken(offer)
        action = offer.action_ask_accept()
        form = Form(self.env[action["res_model"]].with_user(self.agent).with_context(**action["context"]))
        self.assertIn("Call within the hour.", form.terms)
        wizard = form.save()
        with self.assertRefused(UserError, FIRST):
            wizard.action_accept()
        self.assertNotTaken(offer)
        form.agreed = True
        action = form.save().action_accept()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", offer.sudo().lead_id.id))
        self.assertEqual((offer.state, offer.sudo().lead_id.user_id), ("accepted", self.agent))

    def test_the_shark_tank_asks_for_them(self):
        self.env.company.leads_offer_shark_minutes = 30
        lead = self._incoming()
        self._pass_time(minutes=6)
        self._pass_time(minutes=12)
        offer = self._live(lead).filtered(lambda one: one.agent_id == self.agent).with_user(self.agent)
        self.assertEqual(offer.kind, "shark_tank")
        with self.assertRefused(UserError, FIRST):
            offer.action_accept()
        self.assertNotTaken(offer)
        offer.action_accept(agreed=True)
        self.assertEqual(lead.user_id, self.agent)

    def test_the_catch_all_asks_for_them(self):
        catcher = self._user("agent_cato", "leads_agent.group_leads_agent")
        offers = self._caught(self.manager, catcher)
        for offer in offers.values():
            with self.assertRefused(UserError, FIRST):
                offer.action_accept()
            self.assertNotTaken(offer)
        # Assigning a lead to oneself counts as accepting it; assigning it to somebody else does not.
        with self.assertRefused(UserError, FIRST):
            offers[catcher].action_assign_to(catcher.id)
        wizard = self.env["leads.agent.offer.assign"].with_user(catcher)
        with self.assertRefused(UserError, FIRST):
            wizard.create({"offer_id": offers[catcher].id, "agent_id": catcher.id}).action_assign()
        self.assertNotTaken(offers[catcher])
        offers[catcher].action_assign_to(self.other_agent.id)
        self.assertEqual(offers[catcher].sudo().lead_id.user_id, self.other_agent)

    def test_the_manager_of_the_catch_all_agrees(self):
        [offer] = self._caught(self.manager).values()
        offer.action_accept(agreed=True)
        self.assertEqual(offer.lead_id.user_id, self.manager)

    def test_another_chance_asks_for_them(self):
        self.profiles[self.other_agent].active = False
        lead = self._incoming()
        missed = self._live(lead)
        self._pass_time(minutes=6)
        missed.with_user(self.agent).action_request_again()
        offer = self._live(lead).with_user(self.agent)
        with self.assertRefused(UserError, FIRST):
            offer.action_accept()
        offer.action_accept(agreed=True)
        self.assertEqual(lead.user_id, self.agent)

    def test_they_are_those_of_the_company_of_the_offer(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "leads_offer_terms": "<p>Be polite.</p>"})
        self.agent.company_ids = [Command.link(other.id)]
        offer = self._live(self._incoming()).with_user(self.agent)
        self.env.company.leads_offer_terms = "<p><br></p>"
        self.assertFalse(offer.has_terms)
        offer.sudo().company_id = other
        self.env.invalidate_all()
        self.assertTrue(offer.with_company(self.env.company).has_terms)
        with self.assertRefused(UserError, FIRST):
            offer.action_accept()

    def test_without_terms_nothing_is_asked(self):
        for terms in (False, "", "<p><br></p>", "<p>  </p>"):
            with self.subTest(terms):
                self.env.company.leads_offer_terms = terms
                offer = self._live(self._incoming(email_from=f"{len(str(terms))}@example.com", phone=False))
                offer.with_user(offer.agent_id).action_accept()
                self.assertEqual(offer.state, "accepted")

    def test_whoever_is_late_is_told_so_and_not_of_the_terms(self):
        lead = self._incoming()
        offer = self._live(lead).with_user(self.agent)
        lead.user_id = self.salesperson
        with self.assertRefused(UserError, "no longer available"):
            offer.action_accept()

    def test_the_form_is_for_ones_own_offer(self):
        offer = self._live(self._incoming())
        for user in (self.other_agent, self.manager):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.env["leads.agent.accept"].with_user(user).create({"offer_id": offer.id, "agreed": True})
        self.assertNotTaken(offer)


@tagged("post_install", "-at_install")
class TestTermsByRequest(TermsCase, HttpCase):
    """Terms apply to requests without the screen."""

    def setUp(self):
        super().setUp()
        self.offer = self._live(self._incoming())

    def _call(self, method, *args, **kwargs):
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": "leads.agent.offer", "method": method, "args": [self.offer.ids, *args], "kwargs": kwargs},
        )
        self.env.invalidate_all()
        return answer

    def test_by_rpc(self):
        self.authenticate("agent_anna", "agent_anna")
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self._call("action_accept", context={"agreed": True, "default_agreed": True})
        self.assertNotTaken(self.offer)
        [offer] = self.env["leads.agent.offer"].with_user(self.agent).get_live_offers()
        self.assertTrue(offer["has_terms"])
        self._call("action_accept", agreed=True)
        self.assertEqual(self.offer.state, "accepted")


@tagged("post_install", "-at_install")
class TestTermsTour(TermsCase, HttpCase):
    @mute_logger("odoo.http")
    def test_an_agent_reads_and_agrees(self):
        lead = self._incoming(city="Antwerp")
        self.start_tour("/odoo/leads-offers", "leads_agent_offer_terms", login="agent_anna")
        self.assertEqual(lead.user_id, self.agent)
