import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.leads_agent_lifecycle.tests.test_leads import LifecycleCommon
from odoo.addons.mail.tests.common import MailCommon

MODELS = "odoo.addons.leads_agent_lifecycle_livechat.models"


@tagged("post_install", "-at_install")
class TestLivechat(LifecycleCommon, MailCommon, HttpCase):
    """Visitors speak through the routes of the widget."""

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
        self.assertPlace(lead, "lead", "contacted")
        self._say(chat, "I am at Ada@Example.com, or +33 1 55 55 01 23")
        self.assertEqual(chat.leads_partner_id, lead)
        self.assertEqual((lead.lead_info, lead.email, lead.phone), ("info", "ada@example.com", "+33155550123"))

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
        chat = self._open()
        self._say(chat, "Hello")
        self.assertFalse(chat.leads_partner_id.lead_visit_ids)
        agent = SimpleNamespace(platform="linux", browser="firefox")
        for consent, visits in (("[]", 0), ("no json", 0), ('{"optional": false}', 0), ('{"optional": true}', 1)):
            asked = SimpleNamespace(cookies={"website_cookies_bar": consent}, user_agent=agent, referrer=None)
            with patch(f"{MODELS}.discuss_channel.request", SimpleNamespace(httprequest=asked)):
                chat._leads_log_visit(chat.leads_partner_id)
            self.assertEqual(len(chat.leads_partner_id.lead_visit_ids), visits, consent)

    def test_an_archived_lead_stays_archived(self):
        chat = self._open()
        self._say(chat, "Hello")
        lead = chat.leads_partner_id
        lead.active = False
        chat = self._open()
        self._say(chat, "Hello again")
        self.assertEqual(chat.leads_partner_id, lead)
        self.assertFalse(lead.active)

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

    def test_locked_agents_see_their_own_chats_and_those_of_their_leads(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        chat = self._open()
        self._say(chat, "Hello")
        lead = chat.leads_partner_id
        theirs = chat.with_user(self.agent)
        history = self.env["im_livechat.channel.member.history"].with_user(self.agent)
        members = self.env["discuss.channel.member"].with_user(self.agent)
        domain = [("channel_id", "=", chat.id)]
        with self.assertRaises(AccessError):
            theirs.read(["name"])
        self.assertFalse(history.search(domain))
        self.assertFalse(members.search(domain))
        self.assertFalse(chat.with_user(self.operator).leads_lead_id - lead)
        self.livechat.user_ids = self.agent
        self.env.company.leads_agent_lock_assigned = False
        self.env.invalidate_all()
        self.assertTrue(theirs.read(["name"]))
        self.assertTrue(history.search(domain))

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
