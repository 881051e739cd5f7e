from email.message import EmailMessage
from email.utils import make_msgid

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_channel.models import leads_agent_received

from .mail_common import MailCommon

LOGGER = leads_agent_received.__name__
FORM = "Name: Jo Baker\nE-mail: jo@customer.example.org\nPhone: +32 470 00 00 11\nMessage: We need a heat pump"
ANSWERS = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-replied (vacation)", "Precedence": "bulk"},
    {"Precedence": "auto_reply"},
    {"X_Autoreply": "yes", "Precedence": "junk"},
    {"X_Autorespond": "Enquiry"},
    {"X_Auto_Response_Suppress": "All", "subject": "Automatic reply: Enquiry"},
    {"subject": "Abwesenheitsnotiz: Angebot"},
    {"subject": "R\u00e9ponse automatique : toiture"},
]
NEWSLETTERS = [
    {"List_Id": "News of the port <news.port.example.org>"},
    {"List_Unsubscribe": "<https://port.example.org/leave>", "Precedence": "bulk"},
    {"Precedence": "list", "List_Post": "<mailto:sailors@port.example.org>"},
    {"Precedence": "bulk", "Feedback_ID": "1:port"},
    {"List_Unsubscribe": "<mailto:leave@port.example.org>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
]
MACHINES = [
    {"Auto_Submitted": "auto-generated"},
    {"X_Auto_Response_Suppress": "All", "sender": "Build <noreply@tools.example.com>"},
    {"Auto_Submitted": "auto-generated", "Precedence": "junk"},
    {"Auto_Submitted": 'auto-generated; owner-email="cron@tools.example.com"'},
    {"Auto_Submitted": "AUTO-GENERATED", "subject": "Disk space"},
]
SPAM = [
    {"X_Spam_Flag": "YES"},
    {"X_Spam_Status": "Yes, score=14.2 required=5.0 tests=BAYES_99"},
    {"X_MS_Exchange_Organization_SCL": "6"},
    {"X_Forefront_Antispam_Report": "CIP:203.0.113.9;CTRY:;LANG:en;SCL:9;SRV:;SFV:SPM;"},
    {"X_Microsoft_Antispam": "BCL:8;ARA:13230040;"},
    {"X_Barracuda_Spam_Flag": "YES"},
    {"subject": "***SPAM*** Cheap roofs"},
]
# Mail by a person, or by a machine about a person, regardless of the headers.
PEOPLE = [
    {},
    {"Auto_Submitted": "no"},
    {"X_Spam_Flag": "NO", "X_Spam_Status": "No, score=-1.9 required=5.0"},
    {"X_MS_Exchange_Organization_SCL": "1", "X_Microsoft_Antispam": "BCL:0;"},
    {"Precedence": "normal"},
    {"X_Priority": "1", "Importance": "high"},
]
PORTALS = [
    {"Auto_Submitted": "auto-generated"},
    {"Precedence": "bulk"},
    {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
    {"List_Unsubscribe": "<https://portal.example.com/settings>", "Precedence": "bulk"},
    {"X_Auto_Response_Suppress": "OOF, AutoReply"},
]
GARBAGE = [
    ("a name of 4,000 characters", b"From: " + b"x" * 4000 + b" <jo@customer.example.org>\r\n", b"", b"Hello"),
    ("no sender", b"", b"", b"Hello"),
    ("an empty sender", b"From:\r\n", b"", b"Hello"),
    ("a NUL in the text", b"From: jo@customer.example.org\r\n", b"", b"Hel\x00lo"),
    ("a NUL in the subject", b"From: jo@customer.example.org\r\n", b"Subject: Ro\x00of\r\n", b"Hello"),
    (
        "a NUL that is encoded",
        b"From: jo@customer.example.org\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
        b"SGVsAGxv",
    ),
    (
        "a charset that is none",
        b"From: jo@customer.example.org\r\n",
        b'Content-Type: text/plain; charset="x-our-own"\r\n',
        b"Hello \xe9",
    ),
    (
        "a charset that is another",
        b"From: jo@customer.example.org\r\n",
        b"Content-Type: text/plain; charset=us-ascii\r\n",
        b"Hello \xff\xfe",
    ),
    ("a subject in raw bytes", b"From: jo@customer.example.org\r\n", b"Subject: caf\xe9 \x80\r\n", b"Hello"),
    ("an encoded word that ends nowhere", b"From: =?utf-8?q?J=C3 <jo@customer.example.org>\r\n", b"", b"Hello"),
    ("a date that is none", b"From: jo@customer.example.org\r\n", b"Date: 99 Nonember\r\n", b"Hello"),
    (
        "a multipart without parts",
        b"From: jo@customer.example.org\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Hello",
    ),
    ("no text at all", b"From: jo@customer.example.org\r\n", b"", b""),
]


class ReceivedCommon(MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls.env["leads.agent.received"].search([], limit=1).id or 0

    def _rows(self, *domain):
        return self.env["leads.agent.received"].search([("id", ">", self.before), *domain])

    def _deliver(self, source):
        """Deliver a mail as the mail server does, and return its row."""
        last = self._rows()[:1].id or self.before
        self.env["mail.thread"].message_process(None, source)
        return self._rows(("id", ">", last))

    def _leads(self):
        return self.env["crm.lead"].with_context(active_test=False).search([("team_id", "=", self.call_center.id)])

    def _assertHeld(self, headers, reason, text="Whatever it says"):
        leads, mails = self._leads(), self.env["mail.mail"].search([])
        row = self._deliver(self._message(text, **headers))
        self.assertEqual((row.state, row.holding, row.reason), ("ignored", "held", reason))
        self.assertEqual(self._leads(), leads, "no lead, no offer")
        self.assertEqual(self.env["mail.mail"].search([]), mails, "nobody is told")
        self.assertEqual(self._sources(row).mapped("mimetype"), ["message/rfc822"])
        return row

    def _sources(self, row):
        return self.env["ir.attachment"].search([("res_model", "=", row._name), ("res_id", "in", row.ids)])


@tagged("post_install", "-at_install")
class TestReceivedMail(ReceivedCommon):
    """Each mail to a call center has a row with its result."""

    def test_a_lead_and_an_answer_to_it(self):
        row = self._deliver(self._message("We need a roof", subject="Roof"))
        lead = self._leads()[:1]
        self.assertEqual(
            (row.channel, row.state, row.lead_id, row.company_id), ("mail", "lead", lead, self.env.company)
        )
        self.assertEqual(row.message_id, lead.message_ids.filtered(lambda one: one.message_type == "email"))
        self.assertFalse(row.body or row.subject or row.came_with or self._sources(row), "it stands on the lead")
        self.assertEqual(row.email_from, "jo@writer.example.org")
        answer = self._deliver(self._message("And a door", In_Reply_To=row.key))
        self.assertEqual((answer.state, answer.lead_id), ("message", lead))

    def test_a_mail_that_comes_again_is_taken_in_once(self):
        source = self._message("We need a roof")
        nameless = b"\r\n".join(line for line in source.splitlines() if not line.lower().startswith(b"message-id"))
        for mail in (source, nameless, nameless.replace(b"roof", b"door")):
            with self.subTest(mail=mail[-30:]):
                self.assertEqual(self._deliver(mail).state, "lead")
                leads = self._leads()
                self.assertFalse(self._deliver(mail))
                self.assertEqual(self._leads(), leads)

    def test_what_was_taken_in_before_the_rows_were_lost_is_no_lead_again(self):
        source = self._message("We need a roof")
        self._deliver(source).unlink()
        leads = self._leads()
        self.assertEqual(self._deliver(source).reason, "Already received")
        self.assertEqual(self._leads(), leads)

    def test_mail_to_others_has_no_row(self):
        partner = self.env["res.partner"].create({"name": "Task"})
        self.env["mail.alias"].create(
            {
                "alias_name": "others",
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_force_thread_id": partner.id,
                "alias_domain_id": self.call_center.alias_id.alias_domain_id.id,
            }
        )
        source = self._message("Hello").replace(self.alias.encode(), b"others@" + self.alias.split("@")[1].encode())
        self.assertFalse(self._deliver(source))
        self.assertTrue(partner.message_ids.filtered(lambda message: "Hello" in message.body))

    @mute_logger(LOGGER)
    def test_what_fails_is_tried_again_by_a_manager(self):
        Lead = self.env.registry["crm.lead"]
        original = Lead._leads_route_incoming
        self.patch(Lead, "_leads_route_incoming", lambda *args: 1 / 0)
        row = self._deliver(self._message("We need a roof", subject="Roof"))
        self.assertEqual((row.state, row.reason), ("failed", "ZeroDivisionError: division by zero"))
        self.assertEqual((row.subject, row.body), ("Roof", "We need a roof"))
        self.assertFalse(self._leads())
        self.assertNotEqual(self.call_center.alias_id.alias_status, "invalid")
        self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "jo@writer.example.org")]))
        self.patch(Lead, "_leads_route_incoming", original)
        row.with_user(self.manager).action_try_again()
        self.assertEqual((row.state, row.lead_id.leads_offer_state, row.body), ("lead", "offered", False))
        self.assertFalse(row.lead_id.user_id)
        with self.assertRaisesRegex(UserError, "None of the selected messages has failed"):
            row.with_user(self.manager).action_try_again()

    @mute_logger(LOGGER, "odoo.addons.mail.models.mail_thread")
    def test_a_bad_mail_arrives_or_is_named(self):
        before = self.env["mail.mail"].search([])
        for name, sender, headers, body in GARBAGE:
            with self.subTest(name):
                top = b"Message-Id: " + make_msgid().encode() + b"\r\nTo: " + self.alias.encode() + b"\r\n"
                row = self._deliver(sender + top + headers + b"\r\n" + body)
                self.assertEqual(row.state, "lead", row.reason)
                self.assertEqual(self._deliver(self._message("A good one")).state, "lead")
        self.assertEqual(self.call_center.alias_id.alias_status, "valid")
        bounces = (self.env["mail.mail"].search([]) - before).filtered(lambda mail: "customer" in (mail.email_to or ""))
        self.assertFalse(bounces)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_for_managers_of_the_company_alone(self):
        row = self._assertHeld(SPAM[0], "Marked as spam by the mail server")
        source = self._sources(row)
        self.assertEqual(source.with_user(self.manager).raw, source.raw)
        for user in (self.agent, self.other_agent):
            for record, method in (
                (row, "read"),
                (row, "action_release"),
                (row, "action_mark_as_spam"),
                (source, "read"),
            ):
                with self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)()
        row.company_id = self.env["res.company"].create({"name": "Far"})
        for record, method in ((row, "action_release"), (source, "read")):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.manager), method)()


@tagged("post_install", "-at_install")
class TestAutomaticMail(ReceivedCommon):
    """Automatic mail creates no lead, and waits until a manager releases it."""

    def test_automatic_answers(self):
        for headers in ANSWERS:
            for text in ("I am away until Monday", FORM):
                with self.subTest(headers, text=text):
                    self._assertHeld(headers, "Automatic reply", text)

    def test_newsletters(self):
        for headers in NEWSLETTERS:
            with self.subTest(headers):
                text = "Our offers\nContact: E-mail: office@writer.example.org Phone: +32 2 555 01 00"
                self._assertHeld(headers, "Newsletter or mailing list", text)

    def test_machines(self):
        for headers in MACHINES:
            with self.subTest(headers):
                self._assertHeld(headers, "Sent automatically, not about a customer")

    def test_spam(self):
        for headers in SPAM:
            for text in ("Cheap roofs", FORM):
                with self.subTest(headers, text=text):
                    self._assertHeld(headers, "Marked as spam by the mail server", text)

    def test_bounces(self):
        report = EmailMessage()
        report["From"], report["To"], report["Subject"] = "Mail <mailer-daemon@mx.example.com>", self.alias, "Failure"
        report["Message-Id"] = make_msgid()
        report.set_content("It could not be delivered")
        row = self._deliver(report.as_bytes())
        self.assertEqual((row.state, row.holding), ("ignored", "held"))
        self.assertEqual(row.reason, "An e-mail that could not be delivered was returned")
        for headers in (
            {"sender": "postmaster@mx.example.com", "subject": "Undeliverable: Enquiry"},
            {"X_Failed_Recipients": "bo@other.example.org", "Auto_Submitted": "auto-replied"},
            {"sender": "MAILER-DAEMON@mx.example.com", "Auto_Submitted": "auto-replied"},
            {"sender": "Mail Delivery System <Mailer-Daemon@mx2.example.com>"},
        ):
            with self.subTest(headers):
                self._assertHeld(headers, "An e-mail that could not be delivered was returned")

    def test_people_are_heard(self):
        for headers in PEOPLE:
            with self.subTest(headers):
                self.assertEqual(self._deliver(self._message("We need a roof", **headers)).state, "lead")

    def test_portals_and_forms_are_about_people(self):
        cells = "".join(f"<tr><td>{line.replace(': ', '</td><td>')}</td></tr>" for line in FORM.split("\n"))
        sender = "Big Portal <noreply@portal.example.com>"
        for headers in PORTALS:
            for text, html in ((FORM, None), ("See below", f"<table>{cells}</table>")):
                with self.subTest(headers, html=html):
                    row = self._deliver(self._message(text, html=html, sender=sender, **headers))
                    self.assertEqual((row.state, row.lead_id.leads_offer_state), ("lead", "offered"), row.reason)
                    self.assertEqual(row.lead_id.email_normalized, "jo@customer.example.org")

    def test_who_gets_the_answer_is_a_person_unless_it_is_a_newsletter(self):
        headers = {"Auto_Submitted": "auto-generated", "Reply_To": "Jo Baker <jo@customer.example.org>"}
        sender = "Shop <wordpress@shop.example.com>"
        row = self._deliver(self._message("We need a roof", sender=sender, **headers))
        self.assertEqual((row.state, row.lead_id.email_normalized), ("lead", "jo@customer.example.org"))
        self._assertHeld({**headers, "List_Id": "<news.shop.example.com>"}, "Newsletter or mailing list")

    def test_a_mailbox_that_forwards_by_itself(self):
        text = "---------- Forwarded message ---------\nFrom: Jo Baker <jo@customer.example.org>\nDate: today\n\nA roof"
        row = self._deliver(
            self._message(text, subject="Fwd: roof", sender="office@ours.example.com", Auto_Submitted="auto-generated")
        )
        self.assertEqual((row.state, row.lead_id.email_normalized), ("lead", "jo@customer.example.org"))

    def test_a_manager_releases_it(self):
        for headers, reason in (
            (ANSWERS[0], "Automatic reply"),
            (NEWSLETTERS[0], "Newsletter or mailing list"),
            (SPAM[1], "Marked as spam by the mail server"),
            ({"sender": "mailer-daemon@mx.example.com"}, "An e-mail that could not be delivered was returned"),
        ):
            with self.subTest(headers):
                row = self._assertHeld(headers, reason)
                row.with_user(self.manager).action_release()
                self.assertEqual((row.state, row.holding, row.reason), ("lead", "released", False))
                self.assertEqual(row.lead_id.leads_offer_state, "offered")
                self.assertFalse(row.body or self._sources(row))
                with self.assertRaisesRegex(UserError, "None of the selected messages is held back"):
                    row.with_user(self.manager).action_release()

    def test_a_manager_marks_a_lead_as_spam_and_takes_it_back(self):
        row = self._deliver(self._message("Cheap roofs"))
        lead, offer = row.lead_id, self._live(row.lead_id)
        self.assertTrue(offer)
        row.with_user(self.manager).action_mark_as_spam()
        self.assertEqual((row.state, row.holding), ("ignored", "held"))
        self.assertEqual(row.reason, f"Marked as spam by {self.manager.name}")
        self.assertEqual((lead.active, offer.state in ("offered", "accepted")), (False, False))
        with self.assertRaisesRegex(UserError, "None of the selected messages created a lead"):
            row.with_user(self.manager).action_mark_as_spam()
        row.with_user(self.manager).action_release()
        self.assertEqual((row.state, lead.active, lead.leads_offer_state), ("lead", True, "offered"))
        self.assertEqual(len(lead.message_ids.filtered(lambda message: message.message_type == "email")), 1)

    def test_words_go_after_the_days_of_the_company(self):
        self.env.company.leads_keep_received_days = 5
        row = self._assertHeld(SPAM[0], "Marked as spam by the mail server")
        for days, kept in ((4, True), (6, False)):
            self.env.cr.execute(
                "UPDATE leads_agent_received SET create_date = now() - %s * interval '1 day' WHERE id = %s",
                [days, row.id],
            )
            row.invalidate_recordset()
            self.env["leads.agent.received"]._gc_old()
            self.assertEqual((bool(row.body), bool(row.email_from), bool(self._sources(row))), (kept,) * 3)
            self.assertTrue(row.exists(), "its key is known for 30 days")

    def test_who_is_erased_leaves_no_words(self):
        person = self.env["res.partner"].create({"name": "Jo Writer", "email": "Jo@Writer.example.org"})
        row = self._assertHeld(SPAM[0], "Marked as spam by the mail server")
        twin = person.copy()
        twin.unlink()
        self.assertTrue(row.body, "the address is somebody else's too")
        person.unlink()
        self.assertFalse(row.body or row.email_from or row.subject or self._sources(row))
        self.assertEqual((row.state, row.reason), ("ignored", "Marked as spam by the mail server"))

    def test_the_privacy_lookup_finds_it(self):
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("Odoo's privacy lookup is not installed")
        row = self._assertHeld(SPAM[0], "Marked as spam by the mail server")
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Jo Writer", "email": "jo@writer.example.org"})
        wizard.action_lookup()
        line = wizard.line_ids.filtered(lambda one: one.res_model == row._name and one.res_id == row.id)
        line.action_unlink()
        self.assertFalse(row.exists() or self._sources(row))
