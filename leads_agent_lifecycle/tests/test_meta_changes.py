from odoo.tests import tagged

from .test_meta import MetaCommon, whatsapp
from .test_meta_words import whatsapp_of
from .test_stop import StopCommon

SENDER = "33155550123"
# Messages without content, on WhatsApp, by type and content.
NOTICES = [
    ("reaction", {"message_id": "wamid.ours", "emoji": "\U0001f44d"}),
    ("reaction", {"message_id": "wamid.ours"}),
    ("system", {"type": "customer_identity_changed", "identity": "h7", "customer": SENDER, "body": "Ada changed"}),
    ("system", {"type": "user_identity_changed", "body": "The security code of Ada changed"}),
    ("system", {"type": "user_changed_number", "body": "Ada changed", "wa_id": "33155550199"}),
    ("revoke", {"original_message_id": "wamid.unknown"}),
    ("edit", {"original_message_id": "wamid.unknown", "message": {"type": "text", "text": {"body": "Or tea?"}}}),
]


def event_of(kind, sender="7001", at=0, **event):
    """Return a payload of Messenger or Instagram with one event."""
    event = {"sender": {"id": sender}, "recipient": {"id": "1"}, "timestamp": at * 1000, **event}
    return {"object": kind, "entry": [{"id": "1", "time": at, "messaging": [event]}]}


@tagged("post_install", "-at_install")
class TestMetaChanges(StopCommon, MetaCommon):
    """Events that are not answers activate no lead and create none."""

    def _row(self, key):
        return self.env["leads.agent.received"].search([("key", "=", key)])

    def _resting(self, phone=f"+{SENDER}"):
        """Return an inactive lead who has written once."""
        self._post(whatsapp(("w1", "Coffee, please", 60), sender=phone[1:]))
        lead = self._leads(phone[1:])
        lead.lead_activity = "inactive"
        lead.lead_status_id = self.statuses["new"]
        self.env.flush_all()
        self.heard = {lead: lead.lead_event_at}
        return lead

    def _edit(self, text, about="w1", key="w2"):
        message = {"type": "text", "text": {"body": text}}
        return whatsapp_of("edit", {"original_message_id": about, "message": message}, key=key)

    def _withdraw(self, about="w1", key="w3"):
        return whatsapp_of("revoke", {"original_message_id": about}, key=key)

    def test_notices_make_no_lead(self):
        for nr, (kind, content) in enumerate(NOTICES):
            with self.subTest(kind=kind, content=content):
                sender = f"331555502{nr:02}"
                self.assertEqual(self._post(whatsapp_of(kind, content, sender, f"n{nr}")).status_code, 200)
                self.assertFalse(self._leads(sender))
                self.assertFalse(self.env["res.partner"].search([("phone_sanitized", "=", f"+{sender}")]))
                self.assertEqual(self._row(f"n{nr}").state, "ignored")
                self.assertTrue(self._row(f"n{nr}").reason)

    def test_notices_wake_nobody(self):
        lead = self._resting()
        for nr, (kind, content) in enumerate(NOTICES):
            if "wa_id" not in content:
                with self.subTest(kind=kind, content=content):
                    self._post(whatsapp_of(kind, content, key=f"n{nr}"))
                    self.assertAsleep(lead)
                    self.assertEqual(self._said(lead), ["Coffee, please"])

    def test_notices_of_messenger_and_instagram(self):
        reaction = {"mid": "m0", "action": "react", "reaction": "love", "emoji": "\u2764"}
        for nr, (kind, event) in enumerate(
            (
                ("page", {"reaction": reaction}),
                ("instagram", {"reaction": {**reaction, "action": "unreact"}}),
                ("page", {"account_linking": {"status": "linked", "authorization_code": "x"}}),
                ("page", {"pass_thread_control": {"new_owner_app_id": "1"}}),
                ("instagram", {"message": {"mid": "m0", "is_deleted": True}}),
                ("page", {"message_edit": {"mid": "m0", "text": "Tea", "num_edit": 1}}),
            )
        ):
            with self.subTest(event=event):
                before = self.env["leads.agent.received"].search_count([])
                self.assertEqual(self._post(event_of(kind, f"60{nr}", self.now, **event)).status_code, 200)
                self.assertFalse(self._leads(f"60{nr}"))
                self.assertEqual(self.env["leads.agent.received"].search_count([]), before + 1)

    def test_withdrawn_words_go(self):
        lead = self._resting()
        self.assertEqual(self._post(self._withdraw()).status_code, 200)
        self.env.invalidate_all()
        self.assertNotIn("Coffee", "".join(lead.message_ids.mapped("body")))
        self.assertEqual(self._said(lead), ["(deleted by the sender)"])
        self.assertAsleep(lead)
        rows = self.env["leads.agent.received"].search([("key", "in", ("w1", "w3"))])
        self.assertEqual(rows.mapped("body"), [False, False])

    def test_withdrawn_on_instagram(self):
        self._post(self._messaging("instagram", text="My secret"))
        lead = self._leads("7001")
        self._post(self._messaging("instagram", is_deleted=True))
        self.env.invalidate_all()
        self.assertEqual(self._said(lead), ["(deleted by the sender)"])

    def test_edited_words_stand_instead(self):
        lead = self._resting()
        self._post(self._edit("Tea, please"))
        self.env.invalidate_all()
        self.assertEqual(self._said(lead), ["Tea, please"])
        self.assertAsleep(lead)
        self._post(event_of("page", at=self.now, message={"mid": "m1", "text": "Blue"}))
        self._post(event_of("page", at=self.now, message_edit={"mid": "m1", "text": "Red", "num_edit": 1}))
        self.env.invalidate_all()
        self.assertEqual(self._said(self._leads("7001")), ["Red"])

    def test_changes_that_come_before_the_message(self):
        self._post(self._withdraw(about="w9"))
        self._post(whatsapp(("w9", "My secret", 60)))
        self.assertFalse(self._leads())
        self.assertFalse(self._row("w9").body)
        self._post(self._edit("Tea", about="w8", key="w7"))
        self._post(whatsapp(("w8", "Coffee", 60)))
        self.assertEqual(self._said(self._leads()), ["Tea"])

    def test_nobody_changes_what_somebody_else_said(self):
        lead = self._resting()
        for key, kind in (("w5", "revoke"), ("w6", "edit")):
            content = {"original_message_id": "w1", "message": {"type": "text", "text": {"body": "Nothing"}}}
            self._post(whatsapp_of(kind, content, "33155550777", key))
            self.env.invalidate_all()
            self.assertEqual(self._said(lead), ["Coffee, please"])
            self.assertFalse(self._leads("33155550777"))
            self.assertEqual(self._row(key).state, "ignored")

    def test_who_edits_a_message_to_stop_is_left_alone(self):
        lead = self._resting()
        self._post(self._edit("STOP"))
        self.env.invalidate_all()
        self.assertEqual(lead.lead_blocked_channels, "WhatsApp")

    def test_a_new_number(self):
        for nr, content in enumerate(
            (
                {"type": "user_changed_number", "wa_id": "331555508{:02}"},
                {"type": "user_changed_number", "new_wa_id": "331555508{:02}", "body": "Ada changed"},
                {"type": "customer_changed_number", "wa_id": "331555508{:02}", "customer": "x"},
                {"type": "user_changed_number", "wa_id": "331555508{:02}", "user_id": "FR.99{:02}"},
                {"body": "User Ada changed", "wa_id": "331555508{:02}", "type": "user_changed_number"},
            )
        ):
            with self.subTest(content=content):
                old, new = f"331555507{nr:02}", f"331555508{nr:02}"
                self._post(whatsapp((f"a{nr}", "Hello", 60), sender=old))
                lead = self._leads(old)
                lead.lead_activity = "inactive"
                content = {key: value.format(nr) for key, value in content.items()}
                self._post(whatsapp_of("system", content, old, f"b{nr}"))
                self.env.invalidate_all()
                self.assertEqual((lead.phone, lead.lead_activity), (f"+{new}", "inactive"))
                self.assertEqual(self._leads(new), lead)
                self.assertFalse(self._leads(old))
                self._post(whatsapp((f"c{nr}", "It is me", 5), sender=new))
                self.assertEqual(self._said(lead), ["Hello", "It is me"])

    def test_a_new_number_that_is_known_already(self):
        lead = self._resting()
        self._post(whatsapp(("x1", "Hello", 50), sender="33155550888"))
        other = self._leads("33155550888")
        self._post(whatsapp_of("system", {"type": "user_changed_number", "wa_id": "33155550888"}, key="x2"))
        self.env.invalidate_all()
        self.assertEqual((self._leads("33155550888"), self._leads()), (other, lead))
        self.assertIn(other.display_name, self._row("x2").reason)

    def test_who_was_left_alone_is_so_with_the_new_number(self):
        customer = self._held(phone=f"+{SENDER}")
        self._post(whatsapp(("s1", "STOP", 50)))
        self._post(whatsapp_of("system", {"type": "user_changed_number", "wa_id": "33155550199"}, key="s2"))
        self.env.invalidate_all()
        self.assertEqual(customer.phone, "+33155550199")
        self.assertCalls(customer, are_refused=True)
