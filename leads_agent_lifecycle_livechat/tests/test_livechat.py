import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_lifecycle.tests.test_leads import LifecycleCommon
from odoo.addons.mail.tests.common import MailCommon


class ChatCommon(LifecycleCommon, MailCommon, HttpCase):
    """Visitors who write through the routes of the widget."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = new_test_user(cls.env, "operator_otto", "im_livechat.im_livechat_group_user")
        cls.livechat = cls.env["im_livechat.channel"].create({"name": "Shop", "user_ids": cls.operator.ids})

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.livechat),
            "_compute_available_operator_ids",
            lambda channels: [channel.update({"available_operator_ids": channel.user_ids}) for channel in channels],
        )
        self.authenticate(None, None)

    def _open(self):
        data = self.make_jsonrpc_request(
            "/im_livechat/get_session",
            {"channel_id": self.livechat.id, "previous_operator_id": self.operator.partner_id.id},
        )
        return self.env["discuss.channel"].browse(data["channel_id"])

    def _say(self, chat, text):
        answer = self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "discuss.channel",
                "thread_id": chat.id,
                "post_data": {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            },
        )
        self.env.invalidate_all()
        return answer

    def _as_somebody_else(self):
        self.opener.cookies.clear()
        self.authenticate(None, None)


@tagged("post_install", "-at_install")
class TestLivechat(ChatCommon):
    def _leads(self):
        return self.env["res.partner"].search_count([("lead_stage_id", "!=", False)])

    def test_a_visitor_is_a_lead_from_the_first_message_on(self):
        before = self._leads()
        chat = self._open()
        self.assertFalse(chat.leads_partner_id)
        self.assertEqual(self._leads(), before)
        self._say(chat, "Hello")
        lead = chat.leads_partner_id
        self.assertEqual((lead.lead_info, lead.lead_channel), ("no_info", "chat"))
        self.assertPlace(lead, "lead", "new")
        self._say(chat, "I am at Ada@Example.com, or +33 1 55 55 01 23")
        self.assertEqual(chat.leads_partner_id, lead)
        self.assertEqual((lead.lead_info, lead.email, lead.phone), ("info", "ada@example.com", "+33155550123"))

    def test_each_message_of_a_visitor_has_a_row(self):
        Received = self.env["leads.agent.received"]
        chat = self._open()
        for text in ("Hello", "I am at ada@example.com", "Stop", "Bye"):
            self._say(chat, text)
        chat.with_user(self.operator).message_post(body="Hello Ada", message_type="comment")
        said = chat.message_ids.filtered(lambda message: message.author_guest_id).sorted("id")
        rows = Received.search([("channel", "=", "chat"), ("message_id", "in", said.ids)], order="id")
        self.assertEqual(rows.message_id, said)
        self.assertEqual(rows.mapped("state"), ["lead", "message", "message", "message"])
        self.assertEqual(rows.partner_id, chat.leads_partner_id)
        self.assertEqual(rows[2].reason, "Wants to opt out")
        self.assertFalse(rows.filtered("body"), "the words stand in the conversation")

    @mute_logger("odoo.addons.leads_agent_lifecycle_livechat.models.discuss_channel")
    def test_what_became_no_lead_is_taken_in_by_a_manager(self):
        Rule = self.env.registry["leads.agent.lifecycle.rule"]
        original = Rule._landscape
        self.patch(Rule, "_landscape", lambda rules: ({}, {}))
        chat = self._open()
        self._say(chat, "I am at ada@example.com")
        row = self.env["leads.agent.received"].search([("message_id", "in", chat.message_ids.ids)])
        self.assertEqual((row.state, bool(chat.leads_partner_id)), ("failed", False))
        self.assertIn("There are no stages", row.reason)
        self.patch(Rule, "_landscape", original)
        row.with_user(self.manager).action_try_again()
        self.assertEqual((row.state, row.partner_id), ("lead", chat.leads_partner_id))
        self.assertEqual(chat.leads_partner_id.email, "ada@example.com")

    def test_a_lead_is_new_until_the_operator_answers(self):
        chat = self._open()
        for text in ("Hello", "Anybody?"):
            self._say(chat, text)
            self.assertPlace(chat.leads_partner_id, "lead", "new")
        lead = chat.leads_partner_id
        told = [("message_type", "=", "user_notification"), ("model", "=", "res.partner"), ("res_id", "=", lead.id)]
        self.assertEqual(self.env["mail.message"].search_count(told), 1)
        robot = self.env["res.partner"].create({"name": "Robot"})
        chat.message_post(body="You are number 3", author_id=robot.id, message_type="comment")
        chat.with_user(self.operator).message_post(body="Joined", message_type="notification")
        self.assertPlace(lead, "lead", "new")
        self.authenticate("operator_otto", "operator_otto")
        self._say(chat, "May I help?")
        self.assertPlace(lead, "lead", "contacted")
        self.assertFalse(lead.lead_waits_since)

    def _blocks(self, lead):
        rows = self.env["leads.agent.opt.out"].search([("partner_id", "=", lead.id), ("is_in_force", "=", True)])
        return sorted((row.channel, row.via) for row in rows)

    def test_a_visitor_who_says_stop_is_left_alone_until_they_say_start(self):
        chat = self._open()
        self._say(chat, "I am at ada@example.com")
        lead = chat.leads_partner_id
        lead.lead_activity = "inactive"
        heard = lead.lead_event_at
        self._say(chat, "Stop!")
        self.assertEqual(self._blocks(lead), [("call", "chat"), ("chat", "chat")])
        self.assertEqual((lead.lead_activity, lead.lead_event_at), ("inactive", heard))
        self._say(chat, "Could you stop by?")
        self.assertEqual(self._blocks(lead), [("call", "chat"), ("chat", "chat")])
        self._say(chat, "START")
        self.assertEqual(self._blocks(lead), [])

    def test_a_first_message_that_is_stop_makes_no_lead(self):
        before = self.env["res.partner"].search_count([])
        chat = self._open()
        self._say(chat, "STOP")
        self.assertFalse(chat.leads_partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_who_claims_to_be_a_customer_stops_and_starts_nothing_for_them(self):
        customer = self._customer("Secret Harbour", email="harbour@example.com")
        chat = self._open()
        self._say(chat, "I am harbour@example.com")
        self._say(chat, "STOP")
        self.assertEqual(chat.leads_partner_id, customer)
        self.assertEqual(self._blocks(customer), [])
        self.env["leads.agent.opt.out"]._block(customer, "chat", with_calls=True)
        self._say(chat, "START")
        self.assertEqual(self._blocks(customer), [("call", "chat"), ("chat", "chat")])

    def test_who_returns_is_the_same_lead_and_somebody_else_is_another(self):
        first = self._open()
        self._say(first, "Hello")
        again = self._open()
        self._say(again, "It is me again")
        self.assertNotEqual(first, again)
        self.assertEqual(first.leads_partner_id, again.leads_partner_id)
        self._as_somebody_else()
        other = self._open()
        self._say(other, "Hello")
        self.assertNotEqual(other.leads_partner_id, first.leads_partner_id)
        self.assertEqual(first.leads_partner_id.lead_chat_count, 2)

    def test_who_claims_to_be_a_customer_learns_and_changes_nothing(self):
        customer = self._customer("Secret Harbour", email="harbour@example.com")
        chat = self._open()
        self._say(chat, "Hello")
        anonymous = chat.leads_partner_id
        answers = [
            self._say(chat, "I am harbour@example.com, call me at +33 1 55 55 01 23"),
            self._say(chat, "Or at +33 1 55 55 01 99"),
        ]
        self.assertEqual(chat.leads_partner_id, customer)
        self.assertFalse(anonymous.active)
        self.assertEqual((customer.name, customer.email), ("Secret Harbour", "harbour@example.com"))
        self.assertFalse(customer.phone)
        for answer in (*answers, self.make_jsonrpc_request("/mail/data", {"fetch_params": ["init_messaging"]})):
            self.assertNotIn("Secret Harbour", json.dumps(answer))

    def test_a_colleagues_address_is_nobodys(self):
        chat = self._open()
        self._say(chat, f"Write to {self.agent.email_normalized or 'agent_anna@example.com'}")
        self.assertNotEqual(chat.leads_partner_id, self.agent.partner_id)

    def test_who_is_signed_in_is_who_they_are(self):
        portal = new_test_user(self.env, "portal_pia", "base.group_portal", email="pia@example.com")
        self.authenticate("portal_pia", "portal_pia")
        chat = self._open()
        self._say(chat, "My other address is other@example.com")
        self.assertEqual(chat.leads_partner_id, portal.partner_id)
        self.assertEqual(portal.partner_id.email, "pia@example.com")
        self.assertTrue(portal.partner_id.lead_stage_id)

    def test_colleagues_and_operators_are_no_leads(self):
        before = self._leads()
        self.authenticate("agent_anna", "agent_anna")
        chat = self._open()
        self._say(chat, "Testing")
        self.assertFalse(chat.leads_partner_id)
        self._as_somebody_else()
        chat = self._open()
        chat.with_user(self.operator).message_post(body="May I help?", message_type="comment")
        self.assertFalse(chat.leads_partner_id)
        self.assertEqual(self._leads(), before)

    def test_not_where_the_channel_makes_none(self):
        self.livechat.leads_make_leads = False
        chat = self._open()
        self._say(chat, "ada@example.com")
        self.assertFalse(chat.leads_partner_id)

    def test_whatever_is_written_the_chat_goes_on(self):
        chat = self._open()
        for text in ("<script>alert(1)</script>", "=HYPERLINK(1)", "a" * 100_000, "@@@ +1 +2 x@y", "+" + "9" * 30):
            with self.subTest(text=text[:20]):
                self._say(chat, text)
        self.assertEqual(chat.leads_partner_id.lead_info, "no_info")
        self.assertEqual(chat.leads_partner_id.name, "Visitor (Chat)")
        self.assertGreaterEqual(len(chat.message_ids.filtered("author_guest_id")), 5)

    def test_without_stages_the_chat_goes_on(self):
        self.patch(type(self.env["leads.agent.lifecycle.rule"]), "_landscape", lambda rules: ({}, {}))
        chat = self._open()
        self._say(chat, "Hello")
        self.assertIn("Hello", chat.message_ids[0].body)
        self.assertFalse(chat.leads_partner_id)

    def test_devices_are_kept_with_consent_alone(self):
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        refused = '{"required": true, "optional": false, "ts": 1}'
        for consent in (None, "", "[]", "true", "{}", "{no json}", "[" * 5000, '{"optional": {"a": 1}}', refused):
            self._as_somebody_else()
            if consent is not None:
                self.opener.cookies.set("website_cookies_bar", consent)
            chat = self._open()
            self._say(chat, "Hello")
            self.assertTrue(chat.leads_partner_id, consent)
            self.assertFalse(chat.leads_partner_id.lead_visit_ids, consent)
        self._as_somebody_else()
        # As written by Odoo's cookies bar.
        self.opener.cookies.set("website_cookies_bar", '{"required": true, "optional": true, "ts": 1}')
        self.opener.headers.update({"User-Agent": firefox, "Referer": f"{self.base_url()}/shop"})
        chat = self._open()
        self._say(chat, "Hello")
        self._say(chat, "Is somebody there?")
        visit = chat.leads_partner_id.lead_visit_ids
        self.assertEqual(len(visit), 1)
        self.assertEqual((visit.device, visit.browser), ("linux", "firefox"))
        self.assertEqual((visit.channel, visit.page), ("chat", f"{self.base_url()}/shop"))

    def test_an_archived_lead_who_returns_is_active_again(self):
        chat = self._open()
        self._say(chat, "Hello")
        lead = chat.leads_partner_id
        lead.active = False
        self._say(chat, "STOP")
        self.assertFalse(lead.active)
        again = self._open()
        self._say(again, "Hello again")
        self.assertEqual(again.leads_partner_id, lead)
        self.assertTrue(lead.active)
        lead.active = False
        self._say(again, "Is somebody there?")
        self.assertTrue(lead.active)

    def test_an_archived_customer_is_found(self):
        before = None
        for nr, told in enumerate(("I am harbour@example.com", "Call me: +33 1 55 55 01 23", "HARBOUR@example.com")):
            with self.subTest(told=told):
                customer = self._customer(f"Harbour {nr}", active=False)
                customer.write({"phone": "+33155550123"} if "+" in told else {"email": "harbour@example.com"})
                self._as_somebody_else()
                chat = self._open()
                before = self.env["res.partner"].with_context(active_test=False).search_count([])
                self._say(chat, told)
                self.assertEqual(chat.leads_partner_id, customer)
                self.assertTrue(customer.active)
                after = self.env["res.partner"].with_context(active_test=False).search_count([])
                self.assertEqual(after, before)
                customer.write({"phone": False, "email": False})

    def test_whose_customer_somebody_claims_to_be_stays_there(self):
        """Anybody may type the address of another company's customer, which must not reveal the customer."""
        far = self.env["res.company"].create({"name": "Far East"})
        customer = self._customer("Secret Harbour", email="harbour@example.com", company_id=far.id, active=False)
        chat = self._open()
        self._say(chat, "I am harbour@example.com")
        self._say(chat, "Hello?")
        self.assertEqual(chat.leads_partner_id, customer)
        self.assertEqual((customer.active, customer.company_id), (True, far))

    def test_who_is_signed_in_and_known_elsewhere_is_shared(self):
        far = self.env["res.company"].create({"name": "Far East"})
        portal = new_test_user(self.env, "portal_pia", "base.group_portal", email="pia@example.com")
        self.env.cr.execute("UPDATE res_partner SET company_id = %s WHERE id = %s", [far.id, portal.partner_id.id])
        self.env.invalidate_all()
        self.authenticate("portal_pia", "portal_pia")
        self._say(self._open(), "Hello")
        self.assertFalse(portal.partner_id.company_id)

    def test_a_merged_lead_keeps_its_chats(self):
        kept = self._new_lead("Ada Moreau", email="ada@example.com")
        chat = self._open()
        self._say(chat, "Hello")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | chat.leads_partner_id).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(chat.leads_partner_id, kept)
        again = self._open()
        self._say(again, "Hello again")
        self.assertEqual(again.leads_partner_id, kept)

    def test_the_chat_is_told_in_the_chatter_when_it_ends(self):
        chat = self._open()
        self._say(chat, "Do you have <b>blue</b> ones?")
        self.make_jsonrpc_request("/im_livechat/visitor_leave_session", {"channel_id": chat.id})
        self.env.invalidate_all()
        logged = chat.leads_partner_id.message_ids.filtered(lambda message: "blue" in message.body)
        self.assertEqual(len(logged), 1)
        self.assertEqual(logged.author_id, self.operator.partner_id)
        self.assertTrue(logged.is_internal or logged.subtype_id.internal)
        self.assertNotIn("<b>", logged.body)

    def _of_chat(self, chat):
        """Return what an agent who answers chats can find of a chat within the rules."""
        self.env.invalidate_all()
        finds = {
            "discuss.channel": [("id", "=", chat.id)],
            "discuss.channel.member": [("channel_id", "=", chat.id)],
            "im_livechat.channel.member.history": [("channel_id", "=", chat.id)],
            "mail.message": [("model", "=", "discuss.channel"), ("res_id", "=", chat.id)],
        }
        return {model for model, domain in finds.items() if self.env[model].with_user(self.agent).search(domain)}

    def test_locked_agents_see_their_own_chats_and_those_of_their_leads(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        everything = {
            "discuss.channel",
            "discuss.channel.member",
            "im_livechat.channel.member.history",
            "mail.message",
        }
        chat = self._open()
        self._say(chat, "Hello")
        lead = chat.leads_partner_id
        self.assertFalse(self._of_chat(chat))
        with self.assertRaises(AccessError):
            chat.with_user(self.agent).read(["name"])
        self._order(lead)
        assignment = self._assign(lead)
        self.assertEqual(self._of_chat(chat), everything)
        self.assertEqual(chat.with_user(self.agent).leads_lead_id, lead)
        self.assertEqual(lead.with_user(self.agent).lead_chat_count, 1)
        assignment.with_user(self.manager).action_unassign()
        self.assertFalse(self._of_chat(chat))
        self.env.company.leads_agent_lock_assigned = False
        self.assertEqual(self._of_chat(chat), everything)
        self.env.company.leads_agent_lock_assigned = True
        self._as_somebody_else()
        self.livechat.user_ids = self.operator | self.agent
        data = self.make_jsonrpc_request(
            "/im_livechat/get_session",
            {"channel_id": self.livechat.id, "previous_operator_id": self.agent.partner_id.id},
        )
        own = chat.browse(data["channel_id"])
        self._say(own, "Hello")
        self.assertEqual(self._of_chat(own), everything)

    def test_locked_agents_do_not_let_themselves_in(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        chat = self._open()
        self._say(chat, "Hello")
        theirs = chat.with_user(self.agent)
        chat.livechat_status = "need_help"
        for join in (
            lambda: theirs.livechat_join_channel_needing_help(),
            lambda: theirs.add_members(partner_ids=self.agent.partner_id.ids),
            lambda: theirs.env["discuss.channel.member"].create(
                {"channel_id": chat.id, "partner_id": self.agent.partner_id.id}
            ),
            lambda: theirs.message_post(body="Hello"),
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                join()
        self.assertNotIn(self.agent.partner_id, chat.channel_member_ids.partner_id)
        self.env.company.leads_agent_lock_assigned = False
        self.env.invalidate_all()
        self.assertTrue(theirs.livechat_join_channel_needing_help())

    def _heard(self, user):
        """Return the live chat notifications that the user's browser gets."""
        self.authenticate(user.login, user.login)
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications",
            {"channels": ["im_livechat.looking_for_help"], "last": 0, "is_first_poll": True},
        )
        return {channel[-1] for channel in answer["channels"] if channel[-1] == "LOOKING_FOR_HELP"}

    def test_locked_agents_do_not_hear_of_all_chats_that_look_for_help(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        self.assertTrue(self._heard(self.operator))
        self.assertFalse(self._heard(self.agent))
        self.env.company.leads_agent_lock_assigned = False
        self.assertTrue(self._heard(self.agent))

    def test_a_chat_that_an_agent_may_read_shows_its_visitor(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        chat = self._open()
        self._say(chat, "Hello")
        guest = chat.channel_member_ids.guest_id
        self.assertTrue(guest)

        def seen():
            self.env.flush_all()
            self.env.invalidate_all()
            return guest.with_user(self.agent).search([("id", "=", guest.id)])

        self.assertFalse(seen())
        self._order(chat.leads_partner_id)
        self._assign(chat.leads_partner_id)
        self.assertEqual(seen(), guest)
        self.authenticate("agent_anna", "agent_anna")
        messages = self.make_jsonrpc_request("/discuss/channel/messages", {"channel_id": chat.id})
        self.assertIn("Hello", json.dumps(messages))
        members = self.make_jsonrpc_request("/discuss/channel/members", {"channel_id": chat.id, "known_member_ids": []})
        self.assertIn(guest.name, json.dumps(members))

    def test_whose_ratings_are_seen(self):
        self.env.company.leads_agent_lock_assigned = True
        customer = self._customer("Secret Harbour")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": self._open().id,
                "partner_id": customer.id,
                "rated_partner_id": self.operator.partner_id.id,
                "rating": 1,
            }
        )
        domain = [("id", "=", rating.id)]
        for user in (self.operator, self.manager):
            self.assertTrue(self.env["rating.rating"].with_user(user).search(domain), user.login)
        ratings = self.env["rating.rating"].with_user(self.agent)
        self.assertFalse(ratings.search(domain))
        rating.rated_partner_id = self.agent.partner_id
        self.assertTrue(ratings.search(domain))
        rating.rated_partner_id = self.operator.partner_id
        self._order(customer)
        self._assign(customer)
        self.env.invalidate_all()
        self.assertTrue(ratings.search(domain))

    def test_the_operator_sees_the_lead_as_far_as_they_may(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        self._customer("Secret Harbour", email="harbour@example.com")
        chat = self._open()
        self._say(chat, "I am harbour@example.com")
        chat.sudo()._add_members(users=self.agent)
        self.env.invalidate_all()
        self.assertTrue(chat.with_user(self.agent).read(["name"]))
        self.assertFalse(chat.with_user(self.agent).leads_lead_id)
        self.assertEqual(chat.with_user(self.operator).leads_lead_id, chat.leads_partner_id)
        with self.assertRaises(AccessError):
            chat.with_user(self.operator).read(["leads_partner_id"])
