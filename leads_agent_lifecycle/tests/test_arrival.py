from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_leads import LifecycleCommon, WithAlias
from .test_meta import MetaCommon, whatsapp
from .test_meta_words import whatsapp_of


class ArrivalCommon:
    """Checks who is notified that a lead wrote."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team"].search([]).user_id = False

    def _notified(self, user, lead=None):
        """Return the subjects of a user's notifications, the oldest first."""
        domain = [("message_type", "=", "user_notification"), ("partner_ids", "in", user.partner_id.ids)]
        if lead:
            domain += [("model", "=", "res.partner"), ("res_id", "=", lead.id)]
        notices = self.env["mail.message"].search(domain, order="id")
        return [notice.subject for notice in notices if (notice.subject or "").startswith("Wrote to us: ")]


@tagged("post_install", "-at_install")
class TestArrival(ArrivalCommon, MetaCommon):
    """A lead is new until a user has replied or called, and a user is notified of it."""

    def _arrive(self, nr=0, text="Hello"):
        sender = f"331555506{nr:02}"
        self.assertEqual(self._post(whatsapp((f"n{nr}-{text}", text, 10), sender=sender)).status_code, 200)
        self.env.invalidate_all()
        return self._leads(sender)

    def test_a_lead_is_new_however_often_it_writes(self):
        for nr, text in enumerate(("Hello", "Anybody?", "I wait", "Hello again", "!")):
            lead = self._arrive(0, text)
            with self.subTest(nr=nr):
                self.assertPlace(lead, "lead", "new")
        self.assertEqual(len(lead.lead_move_ids), 1)

    def _call(self, lead, disposition):
        call = self.env["leads.agent.call"].with_user(self.agent)
        started = call.start(lead.id, "in")
        call.browse(started["call_id"]).finish(self.env.ref(f"leads_agent.disposition_{disposition}").id)

    def _phone_activity(self, lead):
        lead.with_user(self.agent).activity_schedule("mail.mail_activity_data_call", user_id=self.agent.id)
        lead.activity_ids.with_user(self.agent).action_feedback(feedback="Talked about beans")

    def _by_composer(self, lead):
        composer = self.env["mail.compose.message"].with_user(self.salesperson)
        values = {"model": "res.partner", "res_ids": lead.ids, "body": "Our list", "subject": "Our list"}
        composer.create({**values, "composition_mode": "comment"}).action_send_mail()

    def _on_the_order(self, lead):
        order = self._order(lead)
        order.with_user(self.salesperson).message_post(
            body="As you asked", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _by_mail(self, lead):
        """Deliver a colleague's reply by mail, with a copy to Odoo."""
        [said] = lead.message_ids.filtered(lambda message: message.author_id == lead)
        text = (
            f"From: {self.salesperson.email}\r\nTo: x@example.com\r\nSubject: Re: Hello\r\n"
            f"Message-Id: <ours@example.com>\r\nIn-Reply-To: {said.message_id}\r\n\r\nWe have them.\r\n"
        )
        self.env["mail.thread"].message_process("res.partner", text)

    def _post_as(self, lead, user=None, **values):
        values = {"body": "We have them", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values}
        lead.with_user(user or self.agent).message_post(**values)

    def test_whatever_somebody_of_ours_says_is_speaking(self):
        for nr, (name, deed, place) in enumerate(
            (
                ("an agent writes", self._post_as, ("lead", "contacted")),
                ("a salesperson writes", lambda lead: self._post_as(lead, self.salesperson), ("lead", "contacted")),
                ("a mail by the composer", self._by_composer, ("lead", "contacted")),
                ("a mail from the mailbox", self._by_mail, ("lead", "contacted")),
                ("on the order", self._on_the_order, ("opportunity", "contacted")),
                ("a call in vain", lambda lead: self._call(lead, "no_answer"), ("lead", "attempted")),
                ("a call", lambda lead: self._call(lead, "interested"), ("prospect", "contacted")),
                ("a call without the desk", self._phone_activity, ("lead", "contacted")),
            )
        ):
            with self.subTest(name):
                lead = self._arrive(10 + nr)
                self.assertTrue(lead.lead_waits_since)
                heard = lead.lead_event_at
                deed(lead)
                self.env.invalidate_all()
                self.assertPlace(lead, *place)
                self.assertFalse(lead.lead_waits_since)
                if place == ("lead", "contacted"):
                    self.assertEqual(lead.lead_event_at, heard, "we were not the ones who were heard of")

    def test_what_is_automatic_or_internal_is_no_speaking(self):
        for nr, (name, deed) in enumerate(
            (
                ("a note", lambda lead: self._post_as(lead, subtype_xmlid="mail.mt_note")),
                ("a notification", lambda lead: self._post_as(lead, message_type="notification")),
                ("an automatic comment", lambda lead: self._post_as(lead, message_type="auto_comment")),
                (
                    "a job in the name of a salesperson",
                    lambda lead: self._post_as(
                        lead, self.env.ref("base.user_root"), author_id=self.salesperson.partner_id.id
                    ),
                ),
                (
                    "a mail to many",
                    lambda lead: self._post_as(lead, self.salesperson, message_type="email_outgoing"),
                ),
                ("a change", lambda lead: lead.with_user(self.manager).write({"function": "Buyer"})),
                ("a quotation alone", self._order),
                ("an assignment", lambda lead: self._order(lead) and self._assign(lead)),
            )
        ):
            with self.subTest(name):
                lead = self._arrive(20 + nr)
                deed(lead)
                self.env.invalidate_all()
                self.assertEqual(lead.lead_status_id, self.statuses["new"])
                self.assertTrue(lead.lead_waits_since)

    def test_who_was_tried_and_answers_was_contacted(self):
        for nr, status in enumerate(("attempted", "unresponsive", "contacted")):
            lead = self._arrive(40 + nr)
            lead.lead_status_id = self.statuses[status]
            self._arrive(40 + nr, "Here I am")
            self.assertPlace(lead, "lead", "contacted")

    def test_who_waits_for_us_is_not_silent(self):
        waiting, answered = self._arrive(50), self._arrive(51)
        self._post_as(answered)
        for lead in (waiting, answered):
            lead.lead_event_at = fields.Datetime.now() - timedelta(days=31)
        self.env.flush_all()
        self.env.ref("leads_agent_lifecycle.cron_silence").method_direct_trigger()
        self.env.invalidate_all()
        self.assertPlace(waiting, "lead", "new")
        self.assertPlace(answered, "lead", "unresponsive")

    def test_managers_list_who_waits(self):
        waiting, answered = self._arrive(52), self._arrive(53)
        self._post_as(answered)
        found = self.env["res.partner"].with_user(self.manager).search([("lead_waits_since", "!=", False)])
        self.assertIn(waiting, found)
        self.assertNotIn(answered, found)

    def test_the_holder_is_told(self):
        customer = self._lead(phone="+33155550660")
        self._assign(customer)
        lead = self._arrive(60)
        self.assertEqual(lead, customer)
        self.assertEqual(self._notified(self.agent), ["Wrote to us: Harbour Café"])
        self.assertFalse(self._notified(self.manager) + self._notified(self.other_agent))

    def test_the_leader_of_the_call_center_is_told_else_the_managers(self):
        lead = self._arrive(61)
        self.assertEqual(self._notified(self.manager, lead), [f"Wrote to us: {lead.name}"])
        self.assertFalse(self._notified(self.agent) + self._notified(self.salesperson))
        self.call_center.user_id = self.salesperson
        lead = self._arrive(62)
        self.assertEqual(self._notified(self.salesperson, lead), [f"Wrote to us: {lead.name}"])
        self.assertFalse(self._notified(self.manager, lead))

    def test_a_leader_who_may_not_see_the_lead_is_not_told(self):
        self.env.company.leads_agent_lock_assigned = True
        self.call_center.user_id = self.other_agent
        lead = self._arrive(63)
        self.assertFalse(self._notified(self.other_agent))
        self.assertEqual(self._notified(self.manager, lead), [f"Wrote to us: {lead.name}"])

    def test_the_right_company_is_told(self):
        far = self.env["res.company"].create({"name": "Far East"})
        far_manager = self._user("far_fay", "leads_agent.group_leads_manager", company_id=far.id)
        far_manager.company_ids = far
        far_center = self.env["crm.team"].create({"name": "Far", "company_id": far.id, "user_id": far_manager.id})
        far_center.member_ids = self._user("far_finn", "leads_agent.group_leads_agent", company_id=far.id)
        lead = self._arrive(64)
        self.assertFalse(self._notified(far_manager))
        self.assertTrue(self._notified(self.manager, lead))

    def test_once_until_somebody_of_ours_speaks(self):
        lead = self._arrive(65)
        for text in ("Hello?", "Anybody there?"):
            self._arrive(65, text)
        self.assertEqual(len(self._notified(self.manager, lead)), 1)
        self._post_as(lead)
        self._arrive(65, "Thanks, one more thing")
        self.assertEqual(len(self._notified(self.manager, lead)), 2)

    def test_what_is_no_answer_tells_nobody(self):
        self._arrive(66, "STOP")
        reaction = {"message_id": "w1", "emoji": "x"}
        self._post(whatsapp_of("reaction", reaction, key="reaction", sender="33155550667"))
        self.assertFalse(self._notified(self.manager))

    def test_who_is_archived_tells_the_managers(self):
        customer = self._lead(phone="+33155550668")
        self._assign(customer)
        customer.active = False
        self._arrive(68)
        self.assertFalse(self._notified(self.agent))
        self.assertEqual(self._notified(self.manager), ["Wrote to us: Harbour Café"])


@tagged("post_install", "-at_install")
class TestArrivalByMail(ArrivalCommon, WithAlias, LifecycleCommon):
    def test_a_mail_makes_a_new_lead_and_the_managers_are_told(self):
        for nr in range(2):
            text = (
                "From: Ada Moreau <ada@example.com>\r\nTo: hello@leads.example.com\r\nSubject: Machines\r\n"
                f"Message-Id: <arrival{nr}@example.com>\r\n\r\nPlease call me back.\r\n"
            )
            lead = self.env["res.partner"].browse(self.env["mail.thread"].message_process(None, text))
            self.assertPlace(lead, "lead", "new")
        self.assertEqual(self._notified(self.manager), ["Wrote to us: Ada Moreau"])
