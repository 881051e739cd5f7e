from email.message import EmailMessage
from email.utils import make_msgid

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_channel.models import leads_agent_received
from odoo.addons.leads_agent_lifecycle.speaking import Speakers

from .test_leads import LifecycleCommon, WithAlias

ALIAS = "hello@leads.example.com"
# Headers, and why the mail is held back.
AUTOMATIC = [
    ({"Auto-Submitted": "auto-replied"}, "Automatic reply"),
    ({"X-Autoreply": "yes"}, "Automatic reply"),
    ({"Subject": "Out of Office: your quotation"}, "Automatic reply"),
    ({"Precedence": "bulk", "List-Id": "<news.example.org>"}, "Newsletter or mailing list"),
    ({"Auto-Submitted": "auto-generated"}, "Sent automatically, not about a customer"),
    ({"X-Spam-Flag": "YES"}, "Marked as spam by the mail server"),
    ({"X-Spam-Status": "Yes, score=8.1"}, "Marked as spam by the mail server"),
]


@tagged("post_install", "-at_install")
class TestReceivedMail(WithAlias, LifecycleCommon):
    """Mail to the leads address, and replies of leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls.env["leads.agent.received"].search([], limit=1).id or 0

    def _rows(self):
        return self.env["leads.agent.received"].search([("id", ">", self.before)])

    def _deliver(self, text="Please call me back", to=ALIAS, sender="Ada Moreau <ada@example.org>", **headers):
        """Deliver a mail and return its row."""
        mail = EmailMessage()
        headers = {"From": sender, "To": to, "Subject": "A machine", "Message-Id": make_msgid(), **headers}
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        known = self._rows()
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        return self._rows() - known

    def _who(self, email="ada@example.org"):
        return self.env["res.partner"].search([("email_normalized", "=", email)])

    def test_a_new_lead_and_then_a_message(self):
        row, again = self._deliver(), self._deliver("Anybody?")
        lead = self._who()
        self.assertEqual((row.state, again.state), ("lead", "message"))
        self.assertEqual((row.partner_id, again.partner_id), (lead, lead))
        self.assertEqual(row.message_id + again.message_id, lead.message_ids.sorted("id").filtered("email_from")[:2])
        self.assertFalse(row.body or again.body)

    def test_what_no_person_wrote_makes_no_lead(self):
        for headers, reason in AUTOMATIC:
            with self.subTest(headers):
                row = self._deliver(**headers)
                self.assertEqual((row.state, row.holding, row.reason), ("ignored", "held", reason))
                self.assertFalse(self._who())
        row.with_user(self.manager).action_release()
        self.assertEqual((row.state, row.partner_id), ("lead", self._who()))
        self.assertPlace(self._who(), "lead", "new")

    def test_an_automatic_answer_to_a_quotation_wakes_nobody(self):
        lead = self._new_lead(email="ada@example.org")
        order = self._order(lead)
        order.message_subscribe(self.manager.partner_id.ids)
        self._assign(lead)
        lead.action_lead_rest()
        for document in (order, lead):
            asked = document.message_post(body="Our quotation", message_type="comment")
            before, place = document.message_ids, (lead.lead_stage_id, lead.lead_status_id)
            catchall = self.env.company.catchall_email or f"catchall@{self.domain.name}"
            for headers, reason in AUTOMATIC[:3]:
                with self.subTest(headers, document=document):
                    row = self._deliver(to=catchall, **{"In-Reply-To": asked.message_id, **headers})
                    self.assertEqual((row.state, row.reason), ("ignored", reason))
                    self.assertEqual(document.message_ids, before, "nobody is told")
                    self.assertEqual((lead.lead_stage_id, lead.lead_status_id), place)
                    self.assertEqual(lead.lead_activity, "inactive")
        row.with_user(self.manager).action_release()
        self.assertEqual((row.state, row.partner_id, row.message_id.model), ("message", lead, "res.partner"))
        self.assertEqual(lead.lead_activity, "active")

    def test_what_a_person_answers_is_a_message(self):
        lead = self._new_lead(email="ada@example.org")
        order = self._order(lead)
        asked = order.message_post(body="Our quotation", message_type="comment")
        row = self._deliver(to=f"catchall@{self.domain.name}", **{"In-Reply-To": asked.message_id})
        self.assertEqual((row.state, row.partner_id, row.message_id.res_id), ("message", lead, order.id))

    def test_answers_of_others_have_no_row(self):
        customer = self._customer(email="ada@example.org")
        asked = customer.message_post(body="Hello", message_type="comment")
        self.assertFalse(self._deliver(to=f"catchall@{self.domain.name}", **{"In-Reply-To": asked.message_id}))

    @mute_logger(leads_agent_received.__name__, "odoo.addons.mail.models.mail_thread")
    def test_a_bad_mail_is_named_and_the_address_stays_valid(self):
        original = Speakers._new_lead
        self.patch(Speakers, "_new_lead", lambda *args: 1 / 0)
        row = self._deliver()
        self.patch(Speakers, "_new_lead", original)
        self.assertEqual((row.state, row.reason), ("failed", "ZeroDivisionError: division by zero"))
        self.assertNotEqual(self.alias.alias_status, "invalid")
        self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "ada@example.org")]))
        self.assertEqual(self._deliver(sender="Bo <bo@example.org>").state, "lead")
        row.with_user(self.manager).action_try_again()
        self.assertEqual((row.state, row.partner_id), ("lead", self._who()))

    def test_odd_senders_arrive(self):
        for sender, email in (
            ("x" * 4000 + " <long@example.org>", "long@example.org"),
            ('"A, B; C" <odd@example.org>', "odd@example.org"),
            ("=?x-none?q?Ada?= <charset@example.org>", "charset@example.org"),
            ("plain@example.org", "plain@example.org"),
            ("Ada \u2603 <snow@example.org>", "snow@example.org"),
        ):
            with self.subTest(email):
                self.assertEqual(self._deliver(sender=sender).state, "lead")
                self.assertLessEqual(len(self._who(email).name), 250)
        self.assertEqual(self.alias.alias_status, "valid")

    def test_spam_that_became_a_lead_goes_aside_and_comes_back(self):
        row = self._deliver()
        lead = row.partner_id
        row.with_user(self.manager).action_mark_as_spam()
        self.assertEqual((lead.active, row.state, row.holding), (False, "ignored", "held"))
        row.with_user(self.manager).action_release()
        self.assertEqual((lead.active, row.state), (True, "lead"))

    def test_who_is_erased_takes_the_words_along(self):
        self._new_lead(email="ada@example.org")
        row = self._deliver(**AUTOMATIC[0][0])
        self.assertEqual(row.body, "Please call me back")
        self._who().unlink()
        self.assertFalse(row.body or row.email_from)
