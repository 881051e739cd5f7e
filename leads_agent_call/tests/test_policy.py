from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .. import preview
from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestPolicy(DeskCommon):
    def test_a_policy_that_contradicts_itself_is_refused_with_a_sentence(self):
        template = self.env["mail.template"].create(
            {"name": "For orders", "model_id": self.env["ir.model"]._get_id("sale.order")}
        )
        for sentence, vals in {
            "stays with the agent can be called back": {"asks_callback": True},
            "stays with the agent can be tried again": {"retry_minutes": 10},
            "either a callback": {"fate": "keep", "asks_callback": True, "retry_minutes": 10},
            "set a time after which": {"fate": "keep", "most_attempts": 3},
            "may not be called cannot stay": {"fate": "keep", "do_not_call": True},
            "Without a quotation": {"fate": "keep", "quotation": "cancel"},
            "number of days by which": {"quotation": "extend"},
            "is not for contacts": {"mail_template_id": template.id},
        }.items():
            with self.subTest(sentence), self.assertRefused(ValidationError, sentence):
                self._disposition(**vals)
        with self.assertRefused(ValidationError, "A sale always closes"):
            self.env.ref("leads_agent.disposition_sale").fate = "keep"

    def test_managers_set_it_up_on_the_form(self):
        form = Form(self.env["leads.agent.disposition"].with_user(self.manager))
        form.name = "Line was dead"
        form.fate = "keep"
        form.is_contact = False
        form.retry_minutes = 15
        form.most_attempts = 2
        form.exhausted = "release"
        disposition = form.save()
        self._finish(disposition)
        self.assertEqual(self.assignment.next_call_at, fields.Datetime.now() + timedelta(minutes=15))
        self.assertEqual(self.assignment.state, "active")
        self._finish(disposition)
        self.assertEqual((self.assignment.state, self.assignment.end_reason), ("unassigned", "unassigned"))
        self.assertFalse(self.customer.leads_agent_id)

    def test_attempts_count_until_somebody_is_reached(self):
        self._finish(self.no_answer)
        self._finish(self.no_answer)
        self.assertEqual(self.assignment.attempt_count, 2)
        self._finish(self._disposition(fate="keep"))
        self.assertEqual((self.assignment.attempt_count, self.assignment.next_call_at), (0, False))

    def test_the_first_call_is_timed(self):
        self.assignment.assigned_at = self._at("2026-11-25 10:00:00")
        with freeze_time("2026-11-25 12:30:00"):
            self._finish(self.no_answer)
        with freeze_time("2026-11-25 18:00:00"):
            self._finish(self.no_answer)
        self.assertEqual(self.assignment.first_call_at, self._at("2026-11-25 12:30:00"))
        self.assertAlmostEqual(self.assignment.hours_to_call, 2.5)

    def test_quotation_cancelled_or_extended(self):
        order = self.customer.sale_order_ids
        self._finish(self._disposition(fate="keep", quotation="extend", quotation_days=10))
        self.assertEqual(order.validity_date, date(2026, 12, 5))
        self._finish(self._disposition(quotation="cancel"))
        self.assertEqual((order.state, self.assignment.state), ("cancel", "resolved"))

    def test_do_not_call_for_ever_or_for_a_while(self):
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.customer.id, "phone": "0470123456"})
        contact.country_id = self.belgium
        self._finish(self._disposition(do_not_call=True, do_not_call_days=30))
        entries = self.env["phone.blacklist"].search(
            [("number", "in", [self.customer.phone_sanitized, contact.phone_sanitized])]
        )
        self.assertEqual(len(entries), 2)
        self.assertEqual(set(entries.mapped("leads_until")), {self._at("2026-12-25 10:00:00")})
        self.assertIn("does not want to be called", self.customer.leads_refusal)
        with freeze_time("2026-12-25 10:00:01"):
            self.env.invalidate_all()
            self.assertFalse(self.customer.leads_refusal, "by the clock, before any job has run")
            self.env["phone.blacklist"]._cron_leads_expire()
            self.assertFalse(entries.filtered("active"))

    def test_a_number_blocked_for_ever_stays_so(self):
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)
        self.env["phone.blacklist"]._leads_block([self.customer.phone_sanitized], self._at("2026-12-01 00:00:00"))
        entry = self.env["phone.blacklist"].search([("number", "=", self.customer.phone_sanitized)])
        self.assertFalse(entry.leads_until)
        until = self._at("2026-12-01 00:00:00")
        self.env["phone.blacklist"]._leads_block(["+3225559999"], until)
        self.env["phone.blacklist"]._leads_block(["+3225559999"])
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", "+3225559999")]).leads_until)

    def test_activity_and_mail(self):
        self.customer.email = "harbour@example.com"
        template = self.env["mail.template"].create(
            {
                "name": "Our catalogue",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Our catalogue for {{ object.name }}",
                "email_to": "{{ object.email }}",
                "body_html": "<p>As promised.</p>",
            }
        )
        disposition = self._disposition(
            fate="keep",
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            mail_template_id=template.id,
        )
        call = self._start()
        self.assertEqual(
            preview.sentences(preview.know(call), disposition)[-2:],
            ["Activity planned: To-Do.", "E-mail sent: Our catalogue."],
        )
        call.finish(disposition.id)
        self.assertEqual(self.customer.activity_ids.user_id, self.agent)
        mail = self.env["mail.mail"].search([("subject", "=", "Our catalogue for Harbour Café")])
        self.assertEqual(len(mail), 1)

    def test_no_mail_to_who_does_not_want_any(self):
        self.customer.email = "harbour@example.com"
        self.env["mail.blacklist"]._add("harbour@example.com")
        template = self.env["mail.template"].create(
            {
                "name": "Our catalogue",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Our catalogue",
                "email_to": "{{ object.email }}",
            }
        )
        self._finish(self._disposition(fate="keep", mail_template_id=template.id))
        self.assertFalse(self.env["mail.mail"].search([("subject", "=", "Our catalogue")]))

    def test_everything_or_nothing(self):
        """The callback, the last step, is refused: all earlier steps are rolled back with the request."""
        disposition = self._disposition(fate="keep", asks_callback=True, quotation="extend", quotation_days=5)
        call = self._start()
        before = self.customer.sale_order_ids.validity_date
        with self.assertRefused(Exception, "in the past"):
            call.finish(disposition.id, "", {"date": "2026-11-24", "time": 10, "zone": ""})
        self.env.invalidate_all()
        self.assertEqual((call.state, self.assignment.attempt_count), ("talking", 0))
        self.assertEqual(self.customer.sale_order_ids.validity_date, before)

    def test_who_closes_without_a_call_is_told_what_happens(self):
        self.agent.tz = "Europe/Brussels"
        callback = self._callback()
        form = Form(
            self.env["leads.agent.resolve"].with_user(self.agent).with_context(default_assignment_id=self.assignment.id)
        )
        form.disposition_id = self.env.ref("leads_agent.disposition_do_not_call")
        self.assertRegex(
            form.effects,
            "never called again, at any number.\nThe callback on 11/26/26, 2:30.PM is cancelled.$",
        )
        form.disposition_id = self.env.ref("leads_agent.disposition_already_bought")
        self.assertRegex(form.effects, "The quotation stays as it is: only a call with this outcome changes it.$")
        form.save().action_resolve()
        self.assertEqual((callback.state, self.customer.sale_order_ids.state), ("cancelled", "draft"))
        customers = self._callable("One") | self._callable("Two")
        leads = self._assign(customers)
        for customer in customers:
            self._callback(customer)
        action = leads.with_user(self.manager).action_resolve()
        form = Form(self.env["leads.agent.resolve"].with_user(self.manager).with_context(**action["context"]))
        form.disposition_id = self.disposition
        self.assertRegex(form.effects, "^2 leads are closed.*\n2 callbacks are cancelled.$")

    def test_who_closes_without_a_call_chooses_among_what_closes(self):
        wizard = self.env["leads.agent.resolve"].with_user(self.agent).create({"assignment_id": self.assignment.id})
        self.assertNotIn(self.no_answer, wizard.available_disposition_ids)
        self.assertIn(self.disposition, wizard.available_disposition_ids)
