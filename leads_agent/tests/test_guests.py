from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestGuests(LeadsAgentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.known, cls.unknown = cls.env["mail.guest"].create(
            [{"name": "Known Visitor", "email": "known@example.com"}, {"name": "Secret Visitor"}]
        )
        cls.talk = cls._talk(cls.agent, cls.known)
        cls._talk(cls.salesperson, cls.unknown)

    @classmethod
    def _talk(cls, user, guest):
        talk = cls.env["discuss.channel"].create({"name": f"Talk with {guest.name}", "channel_type": "group"})
        talk._add_members(users=user, guests=guest)
        return talk

    def _seen(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return (self.known | self.unknown).with_user(user).search([("id", "in", (self.known | self.unknown).ids)])

    def test_agents_see_the_guests_of_their_conversations(self):
        self.assertEqual(self._seen(self.agent), self.known)
        self.assertEqual(self.known.with_user(self.agent).read(["email"])[0]["email"], "known@example.com")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.unknown.with_user(self.agent).read(["name"])
        self.talk.channel_member_ids.filtered(lambda member: member.partner_id == self.agent.partner_id).unlink()
        self.assertFalse(self._seen(self.agent))

    def test_others_see_what_odoo_shows_them(self):
        for user in (self.manager, self.salesperson, self.plain):
            self.assertEqual(self._seen(user), self.known | self.unknown)

    def test_a_conversation_with_a_guest_is_used(self):
        self.env.flush_all()
        self.authenticate(self.agent.login, self.agent.login)
        thread = {"thread_model": "discuss.channel", "thread_id": self.talk.id}
        for route, params in (
            ("/mail/message/post", {**thread, "post_data": {"body": "Hello", "message_type": "comment"}}),
            ("/discuss/channel/messages", {"channel_id": self.talk.id}),
            ("/discuss/channel/members", {"channel_id": self.talk.id, "known_member_ids": []}),
            ("/mail/data", {"fetch_params": ["channels_as_member"]}),
        ):
            with self.subTest(route):
                self.assertTrue(self.make_jsonrpc_request(route, params))
        members = self.make_jsonrpc_request(
            "/discuss/channel/members", {"channel_id": self.talk.id, "known_member_ids": []}
        )
        self.assertIn("Known Visitor", str(members))
