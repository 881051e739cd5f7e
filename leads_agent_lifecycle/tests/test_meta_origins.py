from odoo.tests import tagged

from .test_meta import MetaCommon
from .test_meta_changes import event_of
from .test_meta_words import whatsapp_of

LINK = {"ref": "spring-flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"}
AD = {
    "ref": "",
    "ad_id": "6045246247433",
    "source": "ADS",
    "type": "OPEN_THREAD",
    "ads_context_data": {"ad_title": "Grinders for bars", "post_id": "1"},
}
CLICK = {
    "source_url": "https://fb.me/3cr4Wqqkv",
    "source_id": "120226305854810726",
    "source_type": "ad",
    "headline": "Machines on trial",
    "body": "Two weeks",
    "ctwa_clid": "Aff-x",
}
# Object, event, text, source, campaign.
ENTRIES = [
    ("page", {"postback": {"title": "Get Started", "payload": "START"}}, "Get Started [Pressed a button]", "", ""),
    (
        "page",
        {"postback": {"mid": "m1", "title": "Get Started", "payload": "START", "referral": LINK}},
        "Get Started [Pressed a button] [Came from: Chat Link, spring-flyer]",
        "Chat Link",
        "spring-flyer",
    ),
    (
        "instagram",
        {"postback": {"mid": "m2", "title": "Do you rent machines?", "payload": "Q2"}},
        "Do you rent",
        "",
        "",
    ),
    ("page", {"postback": {"mid": "m3", "title": "Prices", "payload": "MENU_2"}}, "Prices [Pressed", "", ""),
    ("page", {"postback": {"payload": "MENU_3"}}, "[Pressed a button: MENU_3]", "", ""),
    ("page", {"referral": LINK}, "[Came from: Chat Link, spring-flyer]", "Chat Link", "spring-flyer"),
    (
        "page",
        {"referral": AD},
        "[Came from: Meta Ads, Grinders for bars, 6045246247433]",
        "Meta Ads",
        "Grinders for bars",
    ),
    (
        "page",
        {"message": {"mid": "m4", "text": "How much?", "referral": AD}},
        "How much? [Came from: Meta Ads",
        "Meta Ads",
        "Grinders for bars",
    ),
    (
        "instagram",
        {"message": {"mid": "m5", "text": "Hi", "referral": {"ref": "?utm_source=poster&utm_campaign=fair 26"}}},
        "Hi [Came from: poster, fair 26]",
        "poster",
        "fair 26",
    ),
    ("instagram", {"referral": {"ref": "bio", "source": "IGME-SOURCE-LINK"}}, "[Came from: Chat", "Chat Link", "bio"),
]


@tagged("post_install", "-at_install")
class TestMetaOrigins(MetaCommon):
    """People who click a button of ours, or come by an advert or link, become leads with source and campaign."""

    def _lines(self, lead):
        return [" ".join(said.split()) for said in self._said(lead)]

    def _origin(self, lead):
        return lead.lead_source_id.name or "", lead.lead_campaign_id.name or ""

    def test_each_way_makes_a_lead(self):
        for nr, (kind, event, words, *origin) in enumerate(ENTRIES):
            with self.subTest(event=event):
                self.assertEqual(self._post(event_of(kind, f"50{nr}", self.now, **event)).status_code, 200)
                lead = self._leads(f"50{nr}")
                self.assertPlace(lead, "lead", "new")
                [line] = self._lines(lead)
                self.assertIn(words, line)
                self.assertEqual(self._origin(lead), tuple(origin))
        self.assertEqual(self.env["utm.source"].search_count([("name", "=", "Chat Link")]), 1)

    def test_pressed_twice_is_said_twice_and_sent_again_once(self):
        for ago in (20, 20, 5):
            self._post(event_of("page", at=self.now - ago, postback={"title": "Prices", "payload": "P"}))
        self.assertEqual(self._lines(self._leads("7001")), ["Prices [Pressed a button]"] * 2)

    def test_on_standby(self):
        for nr, event in enumerate(
            (
                {"message": {"mid": "s1", "text": "Hello"}},
                {"postback": {"title": "Get Started"}},
                {"message": {"mid": "s2", "attachments": [{"type": "image", "payload": {"url": "u"}}]}},
                {"message": {"mid": "s3", "text": "Blue", "quick_reply": {"payload": "B"}}},
                {"referral": LINK},
            )
        ):
            with self.subTest(event=event):
                payload = event_of("page", f"40{nr}", self.now, **event)
                [entry] = payload["entry"]
                entry["standby"] = entry.pop("messaging")
                self.assertEqual(self._post(payload).status_code, 200)
                self.assertPlace(self._leads(f"40{nr}"), "lead", "new")

    def test_by_an_advert_on_whatsapp(self):
        for nr, (referral, *origin) in enumerate(
            (
                (CLICK, "Meta Ads", "Machines on trial"),
                ({**CLICK, "headline": ""}, "Meta Ads", "120226305854810726"),
                ({**CLICK, "source_type": "post"}, "Meta Posts", "Machines on trial"),
                ({"source_type": "ad"}, "Meta Ads", ""),
                ({**CLICK, "headline": "100 % arabica " * 90}, "Meta Ads", ("100 % arabica " * 90)[:200].strip()),
            )
        ):
            with self.subTest(referral=referral):
                sender = f"331555506{nr:02}"
                self._post(whatsapp_of("text", {"body": "How much?"}, sender, f"o{nr}", referral=referral))
                self.assertEqual(self._origin(self._leads(sender)), tuple(origin))
                self.assertIn("How much? [Came from: Meta", self._lines(self._leads(sender))[0])

    def test_who_is_a_lead_already_keeps_the_source(self):
        self._post(whatsapp_of("text", {"body": "Hello"}, key="o1"))
        self._post(whatsapp_of("text", {"body": "And this?"}, key="o2", referral=CLICK))
        self.assertEqual(self._origin(self._leads()), ("", ""))
        self.assertIn("Machines on trial", " ".join(self._lines(self._leads())))

    def test_a_button_with_a_stop_word(self):
        self._post(self._messaging("page", text="Hello"))
        self._post(event_of("page", at=self.now, postback={"mid": "p", "title": "STOP", "payload": "X"}))
        self.assertEqual(self._leads("7001").lead_blocked_channels, "Messenger")

    def test_an_opened_chat_says_nothing(self):
        self._post(whatsapp_of("request_welcome", {}))
        self.assertFalse(self._leads())
        self.assertEqual(self.env["leads.agent.received"].search([], limit=1).state, "ignored")
