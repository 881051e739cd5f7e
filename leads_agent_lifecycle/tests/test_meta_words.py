import json
import time

from odoo.tests import tagged

from .test_meta import MetaCommon, whatsapp

PLACE = {"latitude": 51.2289, "longitude": 4.4052, "name": "Harbour Café", "address": "Quay 12, Antwerp"}
CARD = {
    "name": {"formatted_name": "Ben Sato", "first_name": "Ben"},
    "org": {"company": "Sato Roasters"},
    "phones": [{"phone": "+32 2 555 09 12", "type": "WORK", "wa_id": "3225550912"}],
    "emails": [{"email": "ben@example.com"}],
}
CART = [
    {"product_retailer_id": "GRINDER-2", "quantity": 3, "item_price": 49.5, "currency": "EUR"},
    {"product_retailer_id": "CUP-9", "quantity": "12", "item_price": "2", "currency": "EUR"},
]
FORM = {
    "flow_token": "secret token",
    "screen_0_Which_machine_0": "The large one",
    "screen_1_When_1": ["Mornings", "Fridays"],
    "screen_1_Photo_2": [{"file_name": "kitchen.jpg", "mime_type": "image/jpeg", "id": 7}],
    "newsletter": False,
}
# Type of the message, its content, the text in the chatter.
ON_WHATSAPP = [
    ("button", {"payload": "call-1", "text": "Call me today"}, "Call me today"),
    (
        "interactive",
        {"type": "button_reply", "button_reply": {"id": "b", "title": "Book a visit"}},
        "Book a visit",
    ),
    (
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "r", "title": "Espresso", "description": "Two groups, 230 V"}},
        "Espresso [Choice: Two groups, 230 V]",
    ),
    (
        "interactive",
        {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": json.dumps(FORM)}},
        "[Form: Which machine: The large one] [Form: When: Mornings, Fridays] [Form: Photo: kitchen.jpg]"
        " [Form: newsletter: no]",
    ),
    (
        "interactive",
        {"type": "nfm_reply", "nfm_reply": {"name": "address_message", "body": "Quay 12", "response_json": "{"}},
        "Quay 12 [Form: address_message]",
    ),
    (
        "interactive",
        {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}},
        "[Permission to call: accept]",
    ),
    ("location", PLACE, "[Place: Harbour Café, Quay 12, Antwerp (51.2289, 4.4052)]"),
    ("location", {"latitude": -34.6, "longitude": 0}, "[Place: (-34.6, 0)]"),
    (
        "contacts",
        [CARD, {"name": {"first_name": "Cleo", "last_name": "Kay"}}],
        "[Contact card: Ben Sato, Sato Roasters, +32 2 555 09 12, ben@example.com] [Contact card: Cleo Kay]",
    ),
    (
        "order",
        {"catalog_id": "1", "text": "By Friday?", "product_items": CART},
        "By Friday? [Cart: 3 x GRINDER-2, 49.5 EUR] [Cart: 12 x CUP-9, 2 EUR]",
    ),
    ("document", {"filename": "floor plan.pdf", "mime_type": "application/pdf"}, "[File: floor plan.pdf]"),
    ("document", {"filename": "a.xlsx", "caption": "Our list"}, "Our list [File: a.xlsx]"),
    ("image", {"id": "1", "caption": "It leaks here"}, "It leaks here [Picture]"),
    ("video", {"id": "1"}, "[Video]"),
    ("audio", {"id": "1", "voice": True}, "[Voice message]"),
    ("audio", {"id": "1", "voice": False}, "[Audio]"),
    ("sticker", {"id": "1", "animated": True}, "[Sticker]"),
    ("unsupported", {"type": "poll_creation"}, "[Not supported by the channel: poll_creation]"),
    ("hologram", {"id": "1"}, "[Content not shown: hologram]"),
]
FILE = {"type": "file", "payload": {"url": "https://cdn.example.com/v/17/price%20list.pdf?oh=1&oe=2"}}
# Content of the message, on Messenger or Instagram.
ON_MESSAGING = [
    ("page", {"text": "Blue", "quick_reply": {"payload": "B"}}, "Blue"),
    ("page", {"text": "See this", "attachments": [FILE]}, "See this [File: price list.pdf]"),
    ("page", {"attachments": [{"type": "image", "payload": {"url": "u"}}] * 2}, "[Picture] [Picture]"),
    ("page", {"attachments": [{"type": "image", "payload": {"url": "u", "sticker_id": 369}}]}, "[Sticker]"),
    (
        "page",
        {
            "attachments": [
                {"type": "sticker", "payload": {"sticker_id": 7}},
                {"type": "image", "payload": {"url": "u", "sticker_id": 7}},
            ]
        },
        "[Sticker]",
    ),
    (
        "page",
        {"attachments": [{"type": "fallback", "title": "Grinders", "url": "https://example.com/g"}]},
        "[Link: Grinders]",
    ),
    (
        "page",
        {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": 51.2, "long": 4.4}}}]},
        "[Place: (51.2, 4.4)]",
    ),
    (
        "page",
        {"attachments": [{"type": "template", "payload": {"product": {"elements": [{"title": "Mill"}]}}}]},
        "[Product: Mill]",
    ),
    ("instagram", {"attachments": [{"type": "story_mention", "payload": {"url": "u"}}]}, "[Mentioned you in a story]"),
    ("instagram", {"text": "Nice", "reply_to": {"story": {"id": "1"}}}, "Nice [Reply to your story]"),
    ("instagram", {"attachments": [{"type": "audio", "payload": {"url": "u"}}]}, "[Audio]"),
    ("instagram", {"is_unsupported": True}, "[Not supported by the channel]"),
    ("instagram", {"attachments": [{"type": "ig_post", "payload": {"title": "Our bar"}}]}, "[Link: Our bar]"),
]


def whatsapp_of(kind, content, sender="33155550123", key="w1", **more):
    """Return a payload with one message of any type."""
    payload = whatsapp((key, "", 10), sender=sender)
    [message] = payload["entry"][0]["changes"][0]["value"]["messages"]
    del message["text"]
    message.update(type=kind, **{kind: content}, **more)
    return payload


@tagged("post_install", "-at_install")
class TestMetaWords(MetaCommon):
    """Choices, form input and attachments are shown as text in the chatter and on the timeline."""

    def _lines(self, lead):
        return [" ".join(said.split()) for said in self._said(lead)]

    def test_on_whatsapp(self):
        for nr, (kind, content, words) in enumerate(ON_WHATSAPP):
            with self.subTest(kind=kind, words=words):
                sender = f"331555501{nr:02}"
                self.assertEqual(self._post(whatsapp_of(kind, content, sender, f"w{nr}")).status_code, 200)
                lead = self._leads(sender)
                self.assertEqual(self._lines(lead), [words])
                self.assertPlace(lead, "lead", "new")

    def test_on_messenger_and_instagram(self):
        for nr, (kind, content, words) in enumerate(ON_MESSAGING):
            with self.subTest(kind=kind, words=words):
                payload = self._messaging(kind, **{"mid": f"m{nr}", **content})
                payload["entry"][0]["messaging"][0]["sender"]["id"] = f"80{nr:02}"
                self.assertEqual(self._post(payload).status_code, 200)
                self.assertEqual(self._lines(self._leads(f"80{nr:02}")), [words])

    def test_a_question_about_a_product(self):
        product = {"referred_product": {"catalog_id": "1", "product_retailer_id": "GRINDER-2"}}
        self._post(whatsapp_of("text", {"body": "Is it loud?"}, context=product))
        self.assertEqual(self._lines(self._leads()), ["Is it loud? [Product: GRINDER-2]"])

    def test_they_stand_on_the_time_line_of_whoever_holds_the_lead(self):
        customer = self._lead(phone="+33155550123")
        self._assign(customer)
        self._post(whatsapp_of("document", {"filename": "floor plan.pdf"}))
        self.env.flush_all()
        domain = [("partner_id", "=", customer.id), ("kind", "=", "message")]
        rows = self.env["leads.agent.history"].with_user(self.agent).search(domain)
        self.assertEqual(rows.mapped("summary"), ["[File: floor plan.pdf]"])

    def test_a_stop_word_under_a_picture_is_one(self):
        customer = self._lead(phone="+33155550123")
        customer.lead_stage_id = self.stages["lead"]
        customer.lead_activity = "inactive"
        self._post(whatsapp_of("image", {"id": "1", "caption": "STOP"}))
        self.env.invalidate_all()
        self.assertEqual(customer.lead_blocked_channels, "WhatsApp")
        self.assertEqual(customer.lead_activity, "inactive")

    def test_very_many_and_very_long_things(self):
        cards = [{"name": {"formatted_name": "B" * 4000}}] * 400
        self._post(whatsapp_of("contacts", cards))
        [said] = self._leads().message_ids.filtered(lambda message: message.author_id == self._leads())
        self.assertLess(len(said.body), 40_000)
        self.assertLess(time.time() - self.now, 60)
