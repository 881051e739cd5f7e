from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .offer_common import OfferCommon

BLOCKED = "Do not call: the number of Harbour Café is on the do-not-call list."


@tagged("post_install", "-at_install")
class TestRefusals(OfferCommon):
    """Leads of refused customers are not offered, with the same reasons and sentences as elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disposition.cooling_days = 10
        cls.customer = cls._lead(phone="+32 2 555 01 01")

    def _blacklisted(self):
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)

    def _opted_out(self, until=False):
        self.env["leads.agent.opt.out"]._record(self.customer, until=until)
        self.env["phone.blacklist"].search([]).active = False

    def _cooling(self):
        self._resolve(self._assign(self.customer))

    def _no_phone(self):
        self.env.company.leads_agent_need_phone = True
        self.customer.phone = False

    def _about_the_customer(self):
        return self._incoming(partner_id=self.customer.id, phone=self.customer.phone)

    def test_refused_customers_are_offered_to_nobody_and_the_lead_says_why(self):
        for reason, sentence in (
            (self._blacklisted, BLOCKED),
            (self._opted_out, "Harbour Café does not want to be called."),
            (self._cooling, "Harbour Café was resolved as 'Not interested' and is in cooling-off until"),
            (self._no_phone, "Harbour Café has no phone number."),
        ):
            with self.subTest(sentence):
                savepoint = self.env.cr.savepoint()
                reason()
                lead = self._about_the_customer()
                self.assertFalse(lead.leads_offer_ids)
                self.assertEqual(lead.leads_offer_state, "waiting")
                self.assertTrue(lead.leads_waiting_reason.startswith(sentence), lead.leads_waiting_reason)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_the_number_of_a_stranger_counts(self):
        self.env["phone.blacklist"].add("+32470123456")
        lead = self._incoming()
        self.assertFalse(lead.leads_offer_ids)
        self.assertEqual(
            lead.leads_waiting_reason, "Do not call: the number of Secret Contact is on the do-not-call list."
        )

    def test_what_is_over_is_offered(self):
        over = fields.Datetime.now() - timedelta(seconds=1)
        self._opted_out(until=over)
        self.env["phone.blacklist"]._leads_block([self.customer.phone_sanitized], until=over)
        self._cooling()
        self.customer.leads_assignment_ids.ended_at -= timedelta(days=10, seconds=1)
        self.assertEqual(self._holder(self._about_the_customer()), self.agent)

    def test_it_is_offered_by_itself_when_the_reason_ends(self):
        self._cooling()
        lead = self._about_the_customer()
        with freeze_time(fields.Datetime.now() + timedelta(days=9)):
            self._run_job()
            self.assertFalse(lead.leads_offer_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=10, seconds=1)):
            self._run_job()
            self.assertEqual(self._holder(lead), self.agent)

    def test_a_block_that_was_taken_back_is_noticed_the_next_day(self):
        self._blacklisted()
        lead = self._about_the_customer()
        with freeze_time(fields.Datetime.now() + timedelta(days=1, seconds=1)):
            self._run_job()
            self.assertEqual((lead.leads_offer_ids.ids, lead.leads_waiting_reason), ([], BLOCKED))
            self.env["phone.blacklist"].remove(self.customer.phone_sanitized)
        with freeze_time(fields.Datetime.now() + timedelta(days=2, seconds=2)):
            self._run_job()
            self.assertEqual(self._holder(lead), self.agent)

    def test_what_happens_during_the_offer_counts_at_acceptance_and_for_the_next(self):
        lead = self._about_the_customer()
        offer = self._live(lead).with_user(self.agent)
        self._blacklisted()
        with self.assertRefused(UserError, BLOCKED):
            offer.action_accept()
        self.assertFalse(self._active(self.customer))
        offer.action_decline()
        self.assertFalse(self._live(lead), "nor is it offered to the next agent")
        self.assertEqual(lead.leads_waiting_reason, BLOCKED)
