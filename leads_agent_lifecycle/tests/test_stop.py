import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.convert import convert_file

from .test_leads import LifecycleCommon, WithAlias
from .test_meta import MetaCommon, whatsapp

SENDER = "3225550901"
STOPS = (
    *("STOP", "stop.", "Arrêt !", "BAJA", "«Stopp»", "Sair", "afmelden", "Opt-out", "UNSUBSCRIBE", "Cancellami"),
    # Stop words of carriers and text message providers, as typed on phones
    *(
        "StopAll",
        "Revoke",
        "Arrete",
        "Quit...",
        "ＳＴＯＰ",
        "Stop 🛑",
        "S\u200btop",
        "\u0421\u0422\u041e\u041f",
        "Wypisz",
        "İptal",
    ),
    "\u0625\u064a\u0642\u0627\u0641",
)
ANSWERS = (
    "Stop by on Friday",
    "Do not cancel my order, please",
    "At the end of the week",
    "Non-stop, please",
    "Bajamos el precio",
    "Arretez de me faire attendre, appelez-moi",
    # Commands of other systems that are ordinary words in messages
    "Yes",
    "Help",
    "Info",
    "Stop please, I will think about it",
    "STOP1",
    "Stopcontact",
    "Unsubscribed colleagues may order, too?",
)


def preference(value, ago=10, sender=SENDER, category="marketing_messages"):
    """Return the event of a change of *Offers and announcements* in WhatsApp, as documented by Meta."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Ada Moreau"}, "wa_id": sender}],
        "user_preferences": [
            {
                "wa_id": sender,
                "detail": f"User requested to {value} marketing messages",
                "category": category,
                "value": value,
                "timestamp": int(time.time()) - ago,
            }
        ],
    }
    change = {"value": value, "field": "user_preferences"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


class StopCommon(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.belgium = cls.env.ref("base.be")

    def _held(self, name="Harbour Café", phone=f"+{SENDER}", **vals):
        """Return an inactive lead with a number, an e-mail, a holder and a callback."""
        customer = self._lead(name, country_id=self.belgium.id, phone=phone, **vals)
        self._assign(customer)
        customer.lead_stage_id = self.stages["lead"]
        customer.lead_activity = "inactive"
        self._promise(customer)
        self.env.flush_all()
        self.env.invalidate_all()
        return customer

    def _promise(self, customer):
        return (
            self.env["leads.agent.callback"]
            .with_user(self.agent)
            .create({"partner_id": customer.id, "due_at": fields.Datetime.now() + timedelta(days=1)})
        )

    def _callbacks(self, customer):
        return self.env["leads.agent.callback"].search([("partner_id", "=", customer.id)]).mapped("state")

    def _notified(self):
        """Return the subjects of the agent's notifications."""
        self.env.flush_all()
        domain = [("res_partner_id", "=", self.agent.partner_id.id)]
        notices = self.env["mail.notification"].search(domain).mail_message_id
        return sorted(subject for subject in notices.mapped("subject") if subject and subject != "New lead")

    def _blocks(self, customer):
        """Return the blocked channels, each with the channel of the request."""
        self.env.invalidate_all()
        rows = self.env["leads.agent.opt.out"].search(
            [("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id), ("is_in_force", "=", True)]
        )
        return sorted((row.channel, row.via) for row in rows)

    def assertCalls(self, customer, are_refused):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(customer.is_leads_refused, are_refused)
        start = self.env["leads.agent.call"].with_user(self.agent).start
        if are_refused:
            with self.assertRaisesRegex(UserError, "does not want to be called"), self.env.cr.savepoint():
                start(customer.id)
        else:
            call = self.env["leads.agent.call"].browse(start(customer.id)["call_id"])
            self.assertTrue(call)
            call.sudo().state = "done"

    def assertAsleep(self, customer):
        self.env.invalidate_all()
        self.assertEqual((customer.lead_activity, customer.lead_event_at), ("inactive", self.heard.get(customer)))
        self.assertPlace(customer, "lead", "new")


@tagged("post_install", "-at_install")
class TestStopByMeta(StopCommon, MetaCommon):
    """STOP and START through the signed webhook of WhatsApp, Messenger and Instagram."""

    def _say(self, text, ago=10, sender=SENDER):
        self.said = getattr(self, "said", 0) + 1
        answer = self._post(whatsapp((f"w{sender}-{self.said}", text, ago), sender=sender))
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()

    def test_words_that_stop(self):
        for nr, text in enumerate(STOPS):
            with self.subTest(text):
                sender = f"32255510{nr:02}"
                customer = self._held(f"Café {nr}", f"+{sender}")
                self.heard = {customer: customer.lead_event_at}
                self._say(text, sender=sender)
                self.assertEqual(self._blocks(customer), [("call", "whatsapp"), ("whatsapp", "whatsapp")])
                self.assertAsleep(customer)
                self.assertCalls(customer, are_refused=True)
                self.assertEqual(self._callbacks(customer), ["cancelled"])
                self.assertIn(f"Opted out: Café {nr}", self._notified())
                self.assertIn(f"Callback cancelled: Café {nr}", self._notified())
                self.assertEqual(self._said(customer), [text], "what was written stays readable")
                self.assertEqual(customer.with_user(self.agent).lead_blocked_channels, "WhatsApp")

    def test_messages_that_contain_one_are_answers(self):
        for nr, text in enumerate(ANSWERS):
            with self.subTest(text):
                sender = f"32255520{nr:02}"
                customer = self._held(f"Café {nr}", f"+{sender}")
                self._say(text, sender=sender)
                self.assertEqual(self._blocks(customer), [])
                self.assertEqual(customer.lead_activity, "active")
                self.assertPlace(customer, "lead", "new")
                self.assertEqual(self._callbacks(customer), ["open"])

    def test_the_company_leaves_calls_alone(self):
        self.env.company.leads_stop_blocks_calls = False
        customer = self._held()
        self._say("STOP")
        self.assertEqual(self._blocks(customer), [("whatsapp", "whatsapp")])
        self.assertEqual(self._callbacks(customer), ["open"])
        self.assertEqual(self._notified(), ["Opted out: Harbour Café"])
        self.assertCalls(customer, are_refused=False)

    def test_the_platform_stops_and_resumes(self):
        customer = self._held()
        self.heard = {customer: customer.lead_event_at}
        messages = customer.message_ids.filtered(lambda message: message.author_id == customer)
        self.assertEqual(self._post(preference("stop", 30)).status_code, 200)
        self.assertEqual(self._blocks(customer), [("call", "whatsapp"), ("whatsapp", "whatsapp")])
        self.assertAsleep(customer)
        self.assertEqual(self._callbacks(customer), ["cancelled"])
        self.assertEqual(customer.message_ids.filtered(lambda message: message.author_id == customer), messages)
        self._post(preference("resume", 20))
        self.assertEqual(self._blocks(customer), [])
        self.assertAsleep(customer)
        self.assertCalls(customer, are_refused=False)
        self._post(preference("stop", 10, category="utility_messages"))
        self.assertEqual(self._blocks(customer), [], "not about marketing")

    def test_messenger_stops_notifications(self):
        self._post(self._messaging("page", text="Hello"))
        lead = self._leads("7001")
        for status, blocks in (
            ("STOP_NOTIFICATIONS", [("call", "messenger"), ("messenger", "messenger")]),
            ("RESUME_NOTIFICATIONS", []),
        ):
            event = {"sender": {"id": "7001"}, "timestamp": self.now * 1000}
            event["optin"] = {"type": "notification_messages", "notification_messages_status": status}
            self._post({"object": "page", "entry": [{"id": "1", "messaging": [event]}]})
            self.assertEqual(self._blocks(lead), blocks)

    def test_a_button_that_was_pressed(self):
        customer = self._held()
        payload = whatsapp(("w1", "", 10), sender=SENDER)
        message = payload["entry"][0]["changes"][0]["value"]["messages"][0]
        del message["text"]
        reply = {"type": "button_reply", "button_reply": {"id": "x", "title": "Stop promotions"}}
        message.update(type="interactive", interactive=reply)
        self._post(payload)
        self.assertEqual(self._blocks(customer), [("call", "whatsapp"), ("whatsapp", "whatsapp")])

    def test_start_lifts_what_stop_blocked_and_nothing_else(self):
        customer = self._held()
        disposition = self.env.ref("leads_agent.disposition_do_not_call")
        self._say("STOP", 50)
        self._say("start", 40)
        self.assertEqual(self._blocks(customer), [])
        self.assertEqual(self.env["phone.blacklist"].search_count([("number", "=", f"+{SENDER}")]), 0)
        self.assertCalls(customer, are_refused=False)
        self.env["leads.agent.opt.out"]._record(customer, disposition, False)
        self._say("STOP", 30)
        self._say("Unstop", 20)
        self.assertEqual(self._blocks(customer), [("call", False)], "said in a call")
        self.assertEqual(self.env["phone.blacklist"].search_count([("number", "=", f"+{SENDER}")]), 1)
        self.assertCalls(customer, are_refused=True)

    def test_a_number_that_somebody_else_listed_stays_listed(self):
        customer = self._held()
        self.env["phone.blacklist"].add(f"+{SENDER}")
        self._say("STOP", 50)
        self._say("START", 40)
        self.assertEqual(self._blocks(customer), [])
        self.assertEqual(self.env["phone.blacklist"].search_count([("number", "=", f"+{SENDER}")]), 1)

    def test_start_on_another_channel_or_by_a_colleague_of_theirs_lifts_nothing(self):
        customer = self._held(email="harbour@example.com")
        contact = self.env["res.partner"].create(
            {"name": "Joan", "parent_id": customer.id, "phone": "+32 2 555 09 77", "country_id": self.belgium.id}
        )
        self._say("STOP", 50)
        blocks = [("call", "whatsapp"), ("whatsapp", "whatsapp")]
        self._say("START", 40, sender="3225550977")
        self.assertEqual(self._leads("3225550977"), contact)
        self.assertEqual(self._blocks(customer), blocks)
        customer.with_user(self.env.user).message_post(
            author_id=customer.id, body="START", message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self._blocks(customer), blocks)

    def test_the_newest_word_counts_in_whatever_order_they_come(self):
        customer = self._held()
        self._say("START", 10)
        self._say("STOP", 60)
        self.assertEqual(self._blocks(customer), [])
        self._post(preference("stop", 5))
        self._say("START", 8)
        self.assertEqual(self._blocks(customer), [("call", "whatsapp"), ("whatsapp", "whatsapp")])

    def test_twice_is_once_and_a_contact_stops_calls_for_the_company(self):
        customer = self._held(phone="+32 2 555 09 70")
        contact = self.env["res.partner"].create(
            {"name": "Joan", "parent_id": customer.id, "phone": f"+{SENDER}", "country_id": self.belgium.id}
        )
        self._say("STOP", 50)
        told = self._notified()
        self._say("Stop!", 40)
        self.assertEqual(self._notified(), told)
        self.assertEqual(self._blocks(customer), [("call", "whatsapp"), ("whatsapp", "whatsapp")])
        self.assertFalse(customer.lead_blocked_channels)
        self.assertEqual(contact.lead_blocked_channels, "WhatsApp")
        self.assertCalls(customer, are_refused=True)

    def test_somebody_unknown_who_stops_is_no_lead_and_is_left_alone_when_they_become_one(self):
        self._say("STOP", 50)
        person = self._leads(SENDER)
        self.assertTrue(person)
        self.assertFalse(person.lead_stage_id)
        self.assertEqual(self._blocks(person), [("call", "whatsapp"), ("whatsapp", "whatsapp")])
        self._say("Do you sell machines?", 40)
        self.assertEqual(self._leads(SENDER), person)
        self.assertPlace(person, "lead", "new")
        self.assertEqual(self._blocks(person), [("call", "whatsapp"), ("whatsapp", "whatsapp")])

    def test_managers_edit_the_words_and_lift_blocks(self):
        Word = self.env["leads.agent.stop.word"].with_user(self.manager)
        customer = self._held()
        Word.create({"name": "Ne pas déranger"})
        Word.search([("key", "=", "stop")]).unlink()
        self._say("STOP", 50)
        self.assertEqual(self._blocks(customer), [])
        self._say("NE PAS DERANGER !!", 40)
        rows = self.env["leads.agent.opt.out"].with_user(self.manager).search([("via", "=", "whatsapp")])
        self.assertEqual(len(rows), 2)
        rows.action_lift("Wrote by mistake")
        self.assertEqual(self._blocks(customer), [])
        for name, kind in (("unsubscribe", "start"), ("?!", "stop"), ("x" * 90, "stop")):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                Word.create({"name": name, "kind": kind})
        with self.assertRaises(AccessError):
            Word.with_user(self.agent).search([])

    def test_an_update_takes_a_word_that_a_manager_entered_before_it_was_shipped(self):
        Word = self.env["leads.agent.stop.word"]
        shipped = [self.env.ref(f"leads_agent_lifecycle.stop_word_en_{name}") for name in ("quit", "unsubscribe")]
        [english] = {word.lang_id for word in shipped}
        for word in shipped:
            word.unlink()
        mine = Word.with_user(self.manager)
        same = mine.create({"name": "Quit", "lang_id": english.id, "active": False})
        other = mine.create({"name": "unsubscribe", "kind": "start"})
        before = Word.with_context(active_test=False).search_count([])
        file = "data/leads_agent_stop_word_data.xml"
        convert_file(self.env, "leads_agent_lifecycle", file, {}, mode="update", noupdate=True)
        self.assertEqual(Word.with_context(active_test=False).search_count([]), before)
        self.assertEqual(self.env.ref("leads_agent_lifecycle.stop_word_en_quit"), same)
        self.assertEqual(self.env.ref("leads_agent_lifecycle.stop_word_en_unsubscribe"), other)
        self.assertRecordValues(same | other, [{"kind": "stop", "active": False}, {"kind": "start", "active": True}])


@tagged("post_install", "-at_install")
class TestStopByMail(WithAlias, StopCommon):
    """STOP and START through Odoo's mail gateway: to the leads address, and as replies in threads."""

    def _receive(self, body, subject="Re: Your offer", sender="harbour@example.com", reply_to="", kind="plain"):
        self.mails = getattr(self, "mails", 0) + 1
        name = "anna" if reply_to else "hello"
        text = (
            f"From: {sender}\r\nTo: {name}@leads.example.com\r\nSubject: {subject}\r\n{reply_to}"
            f"Message-Id: <stop-{self.mails}@example.com>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
        )
        self.env["mail.thread"].message_process("res.partner", text.encode())
        self.env.flush_all()
        self.env.invalidate_all()

    def test_mails_that_stop(self):
        quoted = (
            "Unsubscribe\n\nOn Mon, 30 Nov 2026 at 10:00, Agent Anna\n<anna@example.com> wrote:\n> Dear Ada,\n> hello"
        )
        gmail = (
            '<div dir="ltr">Stop</div><br><div class="gmail_quote"><div class="gmail_attr">Anna wrote:<br></div>'
            '<blockquote class="gmail_quote">Dear Ada, call us</blockquote></div>'
        )
        for nr, (body, subject, kind) in enumerate(
            (
                ("STOP", "Re: Your offer", "plain"),
                (quoted, "Re: Your offer", "plain"),
                ("Arrêt.\n\nEnvoyé de mon iPhone", "Re: Your offer", "plain"),
                (gmail, "Re: Your offer", "html"),
                ("", "unsubscribe", "plain"),
                ("<p>Abmelden</p><p>&nbsp;</p>", "Re: Your offer", "html"),
                ("Baja\n-- \nAda Moreau\nHarbour Café", "Re: Your offer", "plain"),
            )
        ):
            with self.subTest(body=body, subject=subject):
                email = f"harbour{nr}@example.com"
                customer = self._held(f"Café {nr}", f"+32 2 555 09 3{nr}", email=email)
                self.heard = {customer: customer.lead_event_at}
                self._receive(body, subject, email, kind=kind)
                self.assertEqual(self._blocks(customer), [("call", "mail"), ("mail", "mail")])
                self.assertAsleep(customer)
                self.assertEqual(self._callbacks(customer), ["cancelled"])
                self.assertTrue(customer.is_blacklisted)
                self.assertCalls(customer, are_refused=True)

    def test_mails_that_are_answers(self):
        for nr, (body, subject) in enumerate(
            (
                ("Stop by on Friday", "Re: Your offer"),
                ("Please call me.\n\n> STOP", "Re: Your offer"),
                ("We take it", "Cancel"),
                ("Please cancel\nthe second machine", "Re: Your offer"),
                ("The end", "Re: Your offer"),
            )
        ):
            with self.subTest(body):
                email = f"harbour{nr}@example.com"
                customer = self._held(f"Café {nr}", f"+32 2 555 09 4{nr}", email=email)
                self._receive(body, subject, email)
                self.assertEqual(self._blocks(customer), [])
                self.assertEqual(customer.lead_activity, "active")

    def test_an_answer_on_an_order(self):
        customer = self._held(email="harbour@example.com")
        self.heard = {customer: customer.lead_event_at}
        order = customer.sale_order_ids[:1]
        offer = {"body": "Your offer", "message_id": "<offer@leads.example.com>"}
        mail = order.message_post(message_type="comment", subtype_xmlid="mail.mt_comment", **offer)
        self._receive("STOP", reply_to=f"In-Reply-To: {mail.message_id}\r\n")
        self.assertIn("STOP", "".join(order.message_ids.mapped("body")))
        self.assertEqual(self._blocks(customer), [("call", "mail"), ("mail", "mail")])
        self.assertAsleep(customer)
        self._receive("START", reply_to=f"In-Reply-To: {mail.message_id}\r\n")
        self.assertEqual(self._blocks(customer), [])
        self.assertFalse(customer.is_blacklisted)
        self.assertEqual(customer.lead_activity, "active")

    def test_an_address_that_somebody_else_listed_stays_listed(self):
        customer = self._held(email="harbour@example.com")
        self.env["mail.blacklist"]._add("harbour@example.com")
        self._receive("STOP")
        self._receive("START")
        self.assertEqual(self._blocks(customer), [])
        self.assertTrue(customer.is_blacklisted)

    def test_somebody_unknown_is_no_lead(self):
        self._receive("Unsubscribe me please, I am nobody", sender="nobody@example.com")
        self._receive("UNSUBSCRIBE", sender="someone@example.com")
        nobody, someone = (
            self.env["res.partner"].search([("email", "=", f"{name}@example.com")]) for name in ("nobody", "someone")
        )
        self.assertTrue(nobody.lead_stage_id)
        self.assertEqual(len(someone), 1)
        self.assertFalse(someone.lead_stage_id)
        self.assertEqual(self._blocks(someone), [("call", "mail"), ("mail", "mail")])
