from email.message import EmailMessage
from email.utils import make_msgid

from odoo.tests import tagged

from .test_leads import LifecycleCommon, WithAlias
from .test_meta import MetaCommon, whatsapp

ALIAS = "hello@leads.example.com"


def us(case):
    """Create colleagues and own companies with numbers and addresses."""
    company = case.env.company
    company.partner_id.write({"email": "office@example.com", "phone": "+33 1 55 55 07 00"})
    case.agent.partner_id.phone = "+33 1 55 55 07 01"
    case.plain.partner_id.phone = "+33 1 55 55 07 02"
    case.contact = case.env["res.partner"].create(
        {
            "name": "Reception",
            "parent_id": company.partner_id.id,
            "phone": "+33 1 55 55 07 03",
            "email": "desk@example.com",
        }
    )
    case.gone = case._user("gone_gil", "base.group_user", phone="+33 1 55 55 07 04")
    case.gone.active = False
    case.other = case.env["res.company"].create({"name": "Far East"})
    case.other.partner_id.write({"phone": "+33 1 55 55 07 05", "email": "east@example.com"})


@tagged("post_install", "-at_install")
class TestOursByNumber(MetaCommon):
    """Our own numbers never belong to a lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        us(cls)

    def test_a_number_of_ours_is_nobodys_lead(self):
        before = self.env["res.partner"].with_context(active_test=False).search_count([])
        for nr in range(6):
            with self.subTest(nr=nr):
                sender = f"331555507{nr:02}"
                self.assertEqual(self._post(whatsapp((f"o{nr}", "Secret words", 10), sender=sender)).status_code, 200)
                row = self.env["leads.agent.received"].search([("key", "=", f"o{nr}")])
                self.assertEqual((row.state, row.reason), ("ignored", "From one of our numbers"))
                self.assertFalse(self._leads(sender))
        after = self.env["res.partner"].with_context(active_test=False).search_count([])
        self.assertEqual(after, before)
        self.assertFalse(self.env["mail.message"].search([("body", "ilike", "Secret words")]))

    def test_others_in_the_payload_arrive(self):
        payload = whatsapp(("o1", "Ours", 20), sender="33155550701")
        payload["entry"] += whatsapp(("o2", "Hello", 10))["entry"]
        self._post(payload)
        self.assertEqual(self._said(self._leads()), ["Hello"])
        self.assertFalse(self._leads("33155550701"))


@tagged("post_install", "-at_install")
class TestOursByMail(WithAlias, LifecycleCommon):
    """Our own addresses never belong to a lead, and a stranger's mail is never posted on another contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        us(cls)
        cls.before = cls.env["leads.agent.received"].search([], limit=1).id or 0

    def _deliver(self, sender, text="Secret words", to=ALIAS, **headers):
        """Deliver a mail; return its row, and the contact it was posted on."""
        mail = EmailMessage()
        headers = {"From": sender, "To": to, "Subject": "A machine", "Message-Id": make_msgid(), **headers}
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        row = self.env["leads.agent.received"].search([("id", ">", self.before)], limit=1)
        return row, self.env["mail.message"].search([("message_id", "=", headers["Message-Id"])])

    def test_a_mail_from_an_address_of_ours_is_nobodys_lead(self):
        before = self.env["res.partner"].with_context(active_test=False).search_count([])
        for sender in (
            ALIAS,
            "catchall@leads.example.com",
            "bounce@leads.example.com",
            "Our Office <Office@example.com>",
            "east@example.com",
            "desk@example.com",
            self.agent.email,
            self.gone.email,
        ):
            with self.subTest(sender):
                row, message = self._deliver(sender)
                self.assertEqual(row.state, "ignored")
                self.assertFalse(message)
        self.assertEqual(self.env["res.partner"].with_context(active_test=False).search_count([]), before)

    def test_what_a_colleague_forwards_is_about_the_writer(self):
        text = "Please take care\n\n---------- Forwarded message ---------\nFrom: Ada Moreau <ada@example.org>\n"
        text += "Date: Mon, 30 Nov 2026\nSubject: A machine\nTo: <office@example.com>\n\nCall me back, Ada\n"
        _row, message = self._deliver(self.agent.email, text, Subject="Fwd: A machine")
        lead = self.env["res.partner"].browse(message.res_id)
        self.assertEqual((lead.name, lead.email), ("Ada Moreau", "ada@example.org"))
        self.assertEqual(message.author_id, lead)

    def test_the_answer_goes_to_somebody_else(self):
        customer = self._lead(email="harbour@example.com")
        _row, message = self._deliver("harbour@example.com", Reply_To="Ada Moreau <ada@example.org>")
        lead = self.env["res.partner"].browse(message.res_id)
        self.assertEqual((lead.name, lead.email), ("Ada Moreau", "ada@example.org"))
        self.assertFalse(customer.message_ids.filtered(lambda one: "Secret" in (one.body or "")))

    def test_an_answer_to_what_stands_on_us_is_laid_elsewhere(self):
        for nr, contact in enumerate(
            (self.env.company.partner_id, self.agent.partner_id, self.contact, self.other.partner_id)
        ):
            with self.subTest(contact.name):
                ours = contact.message_post(body="Note", message_type="comment", subtype_xmlid="mail.mt_comment")
                for to in (ALIAS, "catchall@leads.example.com"):
                    _row, message = self._deliver(f"ada{nr}@example.org", to=to, In_Reply_To=ours.message_id)
                    lead = self.env["res.partner"].browse(message.res_id)
                    self.assertEqual((message.model, lead.email), ("res.partner", f"ada{nr}@example.org"))
                self.assertFalse(contact.lead_stage_id)
                self.assertFalse(contact.message_ids.filtered(lambda one: "Secret" in (one.body or "")))

    def test_a_stranger_who_names_the_conversation_of_a_customer_is_a_lead_of_their_own(self):
        self.env.company.leads_agent_lock_assigned = True
        customer = self._lead(email="harbour@example.com")
        self._assign(customer)
        ours = customer.message_post(body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment")
        for header in ("In-Reply-To", "References"):
            with self.subTest(header):
                _row, message = self._deliver("ada@example.org", **{header: ours.message_id})
                self.assertEqual(self.env["res.partner"].browse(message.res_id).email, "ada@example.org")
                self.assertFalse(self.env["mail.message"].with_user(self.agent).search([("id", "=", message.id)]))
        _row, message = self._deliver("harbour@example.com", In_Reply_To=ours.message_id)
        self.assertEqual(message.res_id, customer.id)

    def test_a_contact_of_the_customer_answers(self):
        customer = self._lead(email="harbour@example.com")
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": customer.id, "email": "ada@example.org"})
        ours = customer.message_post(body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment")
        _row, message = self._deliver("ada@example.org", In_Reply_To=ours.message_id)
        self.assertEqual((message.res_id, message.author_id), (customer.id, person))
