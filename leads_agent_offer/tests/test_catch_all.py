from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .offer_common import OfferCommon

ASSIGN, RESUBMIT = "leads.agent.offer.assign", "leads.agent.offer.resubmit"


class CatchAllCommon(OfferCommon):
    """A lead that both agents declined, with the manager and an agent in the catch-all."""

    def setUp(self):
        super().setUp()
        self.catcher = self._user("agent_cato", "leads_agent.group_leads_agent")
        self.env.company.leads_offer_catch_all_ids = self.manager | self.catcher
        self.lead = self._incoming("A roof", description="<p>Twelve panels</p>")
        for _nr in range(2):
            offer = self._live(self.lead)
            offer.with_user(offer.agent_id).action_decline()
        self.assertEqual(self.lead.leads_offer_state, "catch_all")
        self.offers = {offer.agent_id: offer for offer in self._live(self.lead)}
        self.assertEqual(set(self.offers), {self.manager, self.catcher})

    def _form(self, user, method, offer=None):
        """Return the dialog that a button opens."""
        action = getattr((offer or self.offers[user]).with_user(user), method)()
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))


@tagged("post_install", "-at_install")
class TestCatchAll(CatchAllCommon):
    """*Assign to...* and *Edit and Resubmit* by the users of the catch-all, each with an own offer."""

    def test_each_user_of_the_catch_all_assigns(self):
        for user in (self.manager, self.catcher):
            with self.subTest(user.name), self.env.cr.savepoint() as savepoint:
                form = self._form(user, "action_ask_assign")
                form.agent_id = self.other_agent
                action = form.save().action_assign()
                self.assertIn(self.other_agent.name, action["params"]["message"])
                self.assertEqual((self.lead.user_id, self.lead.leads_offer_state), (self.other_agent, "accepted"))
                self.assertEqual(self._active(self.lead.partner_id).reason, "Assigned by a catch-all user.")
                self.assertEqual(set(self.offers[self.manager].mapped("state")), {"recalled"})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_form_says_that_an_agent_is_away(self):
        self.other_agent.leads_available = False
        form = self._form(self.manager, "action_ask_assign")
        form.agent_id = self.agent
        self.assertFalse(form.agent_note)
        form.agent_id = self.other_agent
        self.assertIn("switched off", form.agent_note)

    def test_an_agent_must_be_chosen(self):
        offer = self.offers[self.manager]
        wizard = self.env[ASSIGN].with_user(self.manager).create({"offer_id": offer.id})
        with self.assertRefused(UserError, "Choose the Leads Agent"):
            wizard.action_assign()

    def test_a_manager_edits_the_words_and_resubmits(self):
        self._skill(self.other_agent, self._tag("solar"))
        form = self._form(self.manager, "action_ask_resubmit")
        self.assertTrue(form.may_read)
        self.assertEqual(form.name, "A roof")
        self.assertIn("Twelve panels", form.description)
        form.name = "A solar roof"
        form.save().action_resubmit()
        self.assertEqual((self.lead.name, self.lead.leads_offer_state), ("A solar roof", "offered"))
        self.assertIn("Twelve panels", self.lead.description)
        self.assertEqual(self._holder(self.lead), self.other_agent)

    def test_an_agent_of_the_catch_all_resubmits_unseen(self):
        self._skill(self.other_agent, self._tag("solar"))
        form = self._form(self.catcher, "action_ask_resubmit")
        self.assertFalse(form.may_read)
        self.assertFalse(form.name or form.description, "the words of a lead are its owner's")
        form.description = "<p>A solar roof</p>"
        form.save().action_resubmit()
        self.assertEqual((self.lead.name, self._holder(self.lead)), ("A roof", self.other_agent))
        self.assertIn("solar", self.lead.description)

    def test_an_emptied_form_keeps_what_the_customer_wrote(self):
        form = self._form(self.manager, "action_ask_resubmit")
        form.name = " "
        form.description = "<p><br></p>"
        form.save().action_resubmit()
        self.assertEqual((self.lead.name, self.lead.leads_offer_state), ("A roof", "offered"))
        self.assertIn("Twelve panels", self.lead.description)

    def test_whoever_is_second_is_told(self):
        first, second = (self._form(user, "action_ask_assign") for user in (self.manager, self.catcher))
        first.agent_id = self.agent
        second.agent_id = self.other_agent
        wizard = second.save()
        first.save().action_assign()
        with self.assertRefused(UserError, "no longer available"):
            wizard.action_assign()
        for method in ("action_ask_assign", "action_ask_resubmit"):
            with self.assertRefused(UserError, "no longer available"):
                self._form(self.catcher, method)
        self.assertEqual(self.lead.user_id, self.agent)

    def test_ordinary_offers_are_not_given_away(self):
        self.lead.with_user(self.manager).action_leads_route()
        offer = self._live(self.lead)
        for method in ("action_ask_assign", "action_ask_resubmit"):
            with self.subTest(method), self.assertRefused(UserError, "Only leads that nobody took"):
                self._form(offer.agent_id, method, offer)
        with self.assertRefused(UserError, "Only leads that nobody took"):
            offer.with_user(offer.agent_id).action_assign_to(self.other_agent.id)

    def test_an_agent_of_another_company_gets_no_lead(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "agent_elsewhere",
            groups="leads_agent.group_leads_agent",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        offer = self.offers[self.manager].with_user(self.manager)
        for who, sentence in (
            (stranger, "does not work in the company"),
            (self.salesperson, "is not a Leads Agent"),
            (self.env["res.users"], "Choose the Leads Agent"),
        ):
            with self.subTest(sentence), self.assertRefused(UserError, sentence):
                offer.action_assign_to(who.id)
        self.assertEqual(self.lead.leads_offer_state, "catch_all")


@tagged("post_install", "-at_install")
class TestCatchAllByRequest(CatchAllCommon, HttpCase):
    """The server refuses requests that the screen does not offer."""

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw", {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        )

    def _refused(self, model, method, *args, **kwargs):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"), self.assertRaises(JsonRpcException) as caught:
            self._call(model, method, *args, **kwargs)
        self.assertEqual(caught.exception.args[0], AccessError.__module__ + ".AccessError")

    def test_an_agent_beside_the_catch_all_is_refused_and_its_user_is_not(self):
        offer = self.offers[self.catcher]
        self.authenticate("agent_ben", "agent_ben")
        for model, method, *args in (
            ("leads.agent.offer", "action_ask_assign", [offer.id]),
            ("leads.agent.offer", "action_ask_resubmit", [offer.id]),
            ("leads.agent.offer", "action_assign_to", [offer.id], self.other_agent.id),
            ("leads.agent.offer", "action_resubmit", [offer.id]),
            (ASSIGN, "create", [{"offer_id": offer.id, "agent_id": self.other_agent.id}]),
            (RESUBMIT, "create", [{"offer_id": offer.id}]),
        ):
            with self.subTest(f"{model}.{method}"):
                self._refused(model, method, *args)
        self.assertEqual(self.lead.leads_offer_state, "catch_all")
        self.authenticate("agent_cato", "agent_cato")
        action = self._call("leads.agent.offer", "action_ask_assign", [offer.id])
        self.assertEqual(action["res_model"], ASSIGN)
        [wizard] = self._call(ASSIGN, "create", [{"offer_id": offer.id, "agent_id": self.other_agent.id}])
        self._call(ASSIGN, "action_assign", [wizard])
        self.assertEqual(self.lead.user_id, self.other_agent)

    def test_a_manager_answers_for_nobody_else_on_the_catch_all(self):
        self.authenticate("manager_mia", "manager_mia")
        self._refused("leads.agent.offer", "action_assign_to", [self.offers[self.catcher].id], self.agent.id)
        self._refused(RESUBMIT, "create", [{"offer_id": self.offers[self.catcher].id}])
        own = self.offers[self.manager].id
        self._call("leads.agent.offer", "action_resubmit", [own], "A roof again")
        self.assertEqual((self.lead.name, self.lead.leads_offer_state), ("A roof again", "offered"))

    def test_no_word_of_the_lead_comes_through_the_form(self):
        self.authenticate("agent_cato", "agent_cato")
        spec = {"offer_id": {}, "may_read": {}, "name": {}, "description": {}}
        values = {"offer_id": self.offers[self.catcher].id}
        told = self._call(RESUBMIT, "onchange", [], values, ["offer_id"], spec)
        self.assertNotIn("Twelve", str(told))
        self.authenticate("manager_mia", "manager_mia")
        values = {"offer_id": self.offers[self.manager].id}
        told = self._call(RESUBMIT, "onchange", [], values, ["offer_id"], spec)
        self.assertIn("Twelve", str(told))
