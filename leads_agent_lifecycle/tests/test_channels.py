from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_leads import LifecycleCommon, WithAlias


@tagged("post_install", "-at_install")
class TestChannels(LifecycleCommon):
    """A person on a channel is found or becomes a lead."""

    def _come(self, channel, key=None, **values):
        return self.env["res.partner"]._lead_from_channel(channel, key, **values)

    def test_an_unknown_visitor_tells_who_they_are(self):
        lead = self._come("chat", "visitor-1")
        self.assertEqual((lead.lead_info, lead.lead_channel), ("no_info", "chat"))
        self.assertEqual(lead.name, "Visitor (Chat)")
        again = self._come("chat", "visitor-1", name="Ada Moreau", email="ada@example.com")
        self.assertEqual(again, lead)
        self.assertEqual((lead.lead_info, lead.name, lead.email), ("info", "Ada Moreau", "ada@example.com"))

    def test_a_name_typed_by_hand_is_info(self):
        lead = self._come("chat", "visitor-1")
        lead.with_user(self.manager).name = "Ada Moreau"
        self.assertEqual(lead.lead_info, "info")

    def test_the_same_person_on_another_channel(self):
        lead = self._new_lead("Ada Moreau", email="ada@example.com", phone="+33 1 55 55 01 23")
        self.assertEqual(self._come("form", email="ADA@example.com"), lead)
        self.assertEqual(self._come("whatsapp", "33155550123", phone="+33155550123"), lead)
        self.assertEqual(self._come("whatsapp", "33155550123"), lead)
        self.assertEqual(lead.lead_channel, "manual")
        self.assertEqual(lead.lead_identity_ids.mapped("channel"), ["whatsapp"])

    def test_a_customer_who_is_no_lead_yet(self):
        customer = self._customer(email="harbour@example.com")
        self.assertEqual(self._come("mail", email="harbour@example.com"), customer)
        self.assertEqual(customer.lead_stage_id, self.stages["lead"])
        self.assertEqual(customer.name, "Harbour Café")

    def test_colleagues_are_nobodys_leads(self):
        lead = self._come("form", email=self.agent.email)
        self.assertNotEqual(lead, self.agent.partner_id)

    def test_leads_without_info_are_deleted_after_their_days(self):
        self.env.company.leads_keep_no_info_days = 30
        old, young, known = self._come("chat", "1"), self._come("chat", "2"), self._come("chat", "3", name="Ada")
        for lead, days in ((old, 31), (young, 29), (known, 31)):
            then = fields.Datetime.now() - timedelta(days=days)
            lead.write({"lead_at": then, "lead_event_at": then})
        self.env["res.partner"]._gc_leads_without_info()
        self.assertEqual((old | young | known).exists(), young | known)


@tagged("post_install", "-at_install")
class TestMail(WithAlias, LifecycleCommon):
    """Mail to the leads address through Odoo's own gateway."""

    def _receive(self, sender, number):
        text = (
            f"From: {sender}\r\nTo: hello@leads.example.com\r\nSubject: A machine for our office\r\n"
            f"Message-Id: <{number}@example.com>\r\nContent-Type: text/plain\r\n\r\nPlease call me back.\r\n"
        )
        return self.env["res.partner"].browse(self.env["mail.thread"].message_process("res.partner", text))

    def test_a_mail_makes_a_lead_and_the_next_one_comes_to_it(self):
        lead = self._receive('"Ada Moreau" <ada@example.com>', 1)
        self.assertEqual((lead.name, lead.email, lead.lead_channel), ("Ada Moreau", "ada@example.com", "mail"))
        self.assertPlace(lead, "lead", "new")
        self.assertIn("Please call me back", lead.message_ids[0].body)
        self.assertEqual(self._receive("Ada <ADA@example.com>", 2), lead)
        self.assertEqual(len(lead.message_ids.filtered(lambda message: message.message_type == "email")), 2)

    def test_a_customer_writes(self):
        customer = self._lead(email="harbour@example.com")
        self.assertEqual(self._receive("harbour@example.com", 3), customer)
        self.assertEqual(customer.name, "Harbour Café")
        self.assertTrue(customer.lead_stage_id)


@tagged("post_install", "-at_install")
class TestMerge(LifecycleCommon):
    def _merge(self, destination, *others):
        partners = destination.union(*others)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(partners.ids, destination)
        self.env.invalidate_all()

    def test_nothing_is_lost(self):
        kept = self._new_lead("Ada Moreau", lead_code="ADA-1")
        other = self._new_lead("Ada M.", lead_code="ADA-2", lead_loyalty="gold", lead_birthdate="1990-04-01")
        other.lead_stage_id = self.stages["prospect"]
        officers = self.env["leads.agent.officer"]
        officers.create([{"partner_id": kept.id, "user_id": self.manager.id}])
        officers.create([{"partner_id": other.id, "user_id": user.id} for user in (self.manager, self.agent)])
        self._merge(kept, other)
        self.assertEqual((kept.lead_code, kept.lead_loyalty), ("ADA-1", "gold"))
        self.assertPlace(kept, "prospect", "new")
        self.assertEqual(len(kept.lead_move_ids), 4)
        self.assertEqual(kept.lead_move_ids[0].reason, "Merged")
        self.assertEqual(kept.lead_officer_ids.user_id, self.manager | self.agent)
        self.assertEqual(kept.lead_officer_ids.filtered("is_primary").user_id, self.manager)

    def test_into_a_customer_who_is_no_lead(self):
        customer = self._customer()
        lead = self._new_lead("Ada Moreau", lead_code="ADA-1")
        since = lead.lead_at
        self._merge(customer, lead)
        self.assertEqual((customer.lead_code, customer.lead_at), ("ADA-1", since))
        self.assertPlace(customer, "lead", "new")

    def test_contacts_that_are_no_leads(self):
        one, two = self._customer("One"), self._customer("Two", phone="+1 555 010 0100")
        self._merge(one, two)
        self.assertFalse(one.lead_stage_id)
        self.assertEqual(one.phone, "+1 555 010 0100")
