from email.message import EmailMessage
from email.utils import make_msgid

from odoo.tests import tagged

from odoo.addons.leads_agent_offer.sender import read_sender

from .mail_common import MailCommon

FORM = "Name: {name}\nE-mail: {email}\nPhone: {phone}\nZip: 1180\nMessage: We need a heat pump"
OURS = {"name": "Jo Baker", "email": "jo@customer.example.org", "phone": "+32 470 00 00 11"}


@tagged("post_install", "-at_install")
class TestIncomingSenders(MailCommon):
    """A lead is about the person named in the mail, not about its sender."""

    def _assert_jo(self, lead, *, phone=True, name="Jo Baker"):
        self.assertEqual(lead.email_normalized, OURS["email"])
        self.assertEqual(lead.contact_name or "", name)
        self.assertEqual(lead.phone_sanitized or "", "+32470000011" if phone else "")
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.leads_offer_state, "offered")

    def test_lines_of_a_form_name_the_person(self):
        form = FORM.format(**OURS)
        cells = "".join(f"<tr><td><b>{line.replace(': ', '</b></td><td>')}</td></tr>" for line in form.split("\n"))
        for text, html in (
            (form, None),
            ("\n".join(reversed(form.split("\n"))), None),
            (form.replace("\n", " "), None),
            (form.replace(": ", "\n"), None),
            ("see below", f"<p>New enquiry</p><table>{cells}</table>"),
            ("see below", f"<p>{form.replace(chr(10), '<br/>')}</p>"),
            (
                "Vorname: Jo\nNachname: Baker\nE-Mail-Adresse: {email}\nTelefon: {phone}\nAnfrage: Hallo".format(
                    **OURS
                ),
                None,
            ),
        ):
            for sender in ("Big Portal <noreply@portal.example.com>", "Portal <leads@portal.example.com>"):
                with self.subTest(text=text, html=html, sender=sender):
                    self._assert_jo(self._receive(text, sender=sender, html=html))

    def test_who_gets_the_answer_is_the_person(self):
        for sender in (
            "Jo Baker via Big Portal <notifications@portal.example.com>",
            "WordPress <wordpress@shop.example.com>",
            "do-not-reply@portal.example.com",
            "Portal <leads@portal.example.com>",
            "Shop <no_reply@shop.example.com>",
        ):
            with self.subTest(sender):
                lead = self._receive("We need a roof", sender=sender, Reply_To="Jo Baker <jo@customer.example.org>")
                self._assert_jo(lead, phone=False)
        lead = self._receive(
            "Hi", sender="Jo Baker via Portal <noreply@portal.example.com>", Reply_To="jo@customer.example.org"
        )
        self._assert_jo(lead, phone=False)

    def test_a_forwarded_mail_is_of_its_inner_sender(self):
        colleague = f"Agent Anna <{self.agent.email or 'agent_anna@example.com'}>"
        self.agent.email = self.agent.email or "agent_anna@example.com"
        inner = (
            "From: Jo Baker <jo@customer.example.org>\nDate: Mon, 3 May 2027\nSubject: roof\nTo: us\n\nWe need a roof"
        )
        for subject, text in (
            ("Fwd: roof", f"FYI\n\n---------- Forwarded message ---------\n{inner}"),
            ("FW: roof", f"FYI\n\n{inner}"),
            ("WG: Dach", inner.replace("From:", "Von:").replace("Date:", "Gesendet:")),
            ("TR: toit", inner.replace("From:", "De :")),
            ("roof", f"Begin forwarded message:\n\n> {inner}"),
            ("Fwd: Fwd: roof", f"From: {colleague}\n\n---------- Forwarded message ---------\n{inner}"),
        ):
            with self.subTest(subject):
                self._assert_jo(self._receive(text, subject=subject, sender=colleague), phone=False)

    def test_a_mail_that_is_forwarded_as_an_attachment_is_of_its_writer(self):
        self.agent.email = "agent_anna@ours.example.com"
        for sender, name in (("Jo Baker <jo@customer.example.org>", "Jo Baker"), ("jo@customer.example.org", "")):
            inner, outer = EmailMessage(), EmailMessage()
            inner["From"], inner["Subject"], inner["To"] = sender, "roof", "office@ours.example.com"
            inner.set_content("We need a roof")
            outer["From"], outer["To"], outer["Subject"] = self.agent.email_formatted, self.alias, "For you"
            outer["Message-Id"] = make_msgid()
            outer.set_content("See the attached mail")
            outer.add_attachment(inner)
            with self.subTest(sender):
                lead_id = self.env["mail.thread"].message_process(None, outer.as_bytes())
                self._assert_jo(self.env["crm.lead"].browse(lead_id), phone=False, name=name)

    def test_nobody_is_no_customer(self):
        self.env.company.email = "office@ours.example.com"
        self.agent.email = "agent_anna@ours.example.com"
        for sender in (
            "noreply@portal.example.com",
            "office@ours.example.com",
            "agent_anna@ours.example.com",
            f"Alias <{self.alias}>",
            "Mail <wordpress@shop.example.com>",
        ):
            with self.subTest(sender):
                lead, _values = read_sender(self.env, {"email_from": sender, "body": "<p>Hello</p>"})
                self.assertFalse(lead["email_from"])
        lead = self._receive("Hello", sender="Portal <noreply@portal.example.com>")
        self.assertFalse(lead.email_from or lead.partner_id or lead.contact_name)

    def test_who_writes_in_person_stays_the_sender(self):
        for text in (
            "Please ask bob@other.example.org, he knows.",
            "My brother's number is 0470 99 99 99.",
            "Email: bob@other.example.org is where to send the bill",
            "On Mon, 3 May 2027 at 10:00, Bo <bo@other.example.org> wrote:\n> From: Bo <bo@other.example.org>\n",
            "Hello",
        ):
            with self.subTest(text):
                lead = self._receive(text, sender="Jo Baker <jo@customer.example.org>")
                self.assertEqual((lead.email_normalized, lead.phone), (OURS["email"], False))

    def test_a_repeat_lead_by_a_portal_goes_to_the_holder(self):
        customer = self._lead("Jo Baker", email=OURS["email"])
        self._assign(customer, self.other_agent)
        lead = self._receive(FORM.format(**OURS), sender="Portal <noreply@portal.example.com>")
        self.assertEqual((lead.user_id, lead.partner_id), (self.other_agent, customer))
