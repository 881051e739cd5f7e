from odoo.tests import tagged

from .test_livechat import ChatCommon

ADA, BOB = "ada@example.com", "bob@example.com"


@tagged("post_install", "-at_install")
class TestTold(ChatCommon):
    """Details that visitors give of themselves or others, and corrections."""

    def _lead_after(self, *texts):
        """Return the lead of a new visitor after these messages."""
        self._as_somebody_else()
        chat = self._open()
        for text in texts:
            self._say(chat, text)
        return chat.leads_partner_id

    def test_what_is_said_of_others_is_not_the_speakers(self):
        customer = self._customer("Secret Harbour", email=BOB, phone="+3225550199")
        for text in (
            f"You can ask {BOB}",
            "my colleague's number is +32 2 555 01 99",
            f"Bob has bought one: {BOB} is my neighbour",
            "Somebody called me with +32 2 555 01 99",
            f"Meine Kollegin erreichen Sie unter {BOB}",
            f"Demandez à {BOB}",
        ):
            with self.subTest(text):
                lead = self._lead_after("Hello", text)
                self.assertNotEqual(lead, customer)
                self.assertEqual((lead.email, lead.phone, lead.lead_info), (False, False, "no_info"))

    def test_what_is_ours_is_nobodys(self):
        company = self.env.company.partner_id
        company.write({"email": "office@example.com", "phone": "+33 1 55 55 07 00"})
        self.agent.partner_id.phone = "+33 1 55 55 07 01"
        domain = self.env["mail.alias.domain"].create({"name": "leads.example.com"})
        for text in (
            "office@example.com",
            "I am at agent_anna@example.com",
            "Call me: +33 1 55 55 07 00",
            "my number is +33155550701",
            f"write me at {domain.catchall_email}",
        ):
            with self.subTest(text):
                lead = self._lead_after(text)
                self.assertFalse(lead.email or lead.phone or lead._leads_is_ours())
        self.assertFalse(company.lead_stage_id)

    def test_the_speakers_own_among_others(self):
        for nr, (texts, email, phone) in enumerate(
            (
                ((f"Ask {BOB} or write me at ada0@example.com",), "ada0@example.com", False),
                ((f"My boss is {BOB}", "and I am ada1@example.com"), "ada1@example.com", False),
                (("Ask my colleague Bob", BOB, "Mine is ada2@example.com"), "ada2@example.com", False),
                (("My number is +33 1 55 55 01 03, my wife's number is +33 1 55 55 01 99",), False, "+33155550103"),
                ((f"ada4@example.com, with a copy to my accountant {BOB}",), "ada4@example.com", False),
            )
        ):
            with self.subTest(nr=nr):
                lead = self._lead_after(*texts)
                self.assertEqual((lead.email, lead.phone), (email, phone))

    def test_what_is_corrected(self):
        for nr, (wrong, right) in enumerate(
            (
                ("My mail is ada0@exmaple.com", "sorry, it is ada0@example.com"),
                ("ada1@exmaple.com", "*ada1@example.com"),
                ("ada2@exmaple.com", "ada2@example.com"),
                ("Write me at ada3@exmaple.com", "My e-mail is not ada3@exmaple.com but ada3@example.com"),
                ("Je suis ada4@exmaple.com", "pardon, je voulais dire ada4@example.com"),
            )
        ):
            with self.subTest(right):
                lead = self._lead_after(wrong, "Do you ship to Ghent?", right)
                self.assertEqual((lead.email, lead.name), (f"ada{nr}@example.com",) * 2)
        lead = self._lead_after("Call me: +33 1 55 55 01 32", "oops, +33 1 55 55 01 23 is my number")
        self.assertEqual((lead.phone, lead.name), ("+33155550123",) * 2)

    def test_another_address_is_no_correction(self):
        lead = self._lead_after("I am at ada@example.com", "My other address is moreau@office.example.org")
        self.assertEqual(lead.email, ADA)

    def test_only_what_this_conversation_told_is_corrected(self):
        chat = self._open()
        self._say(chat, "I am at ada@exmaple.com")
        lead = chat.leads_partner_id
        lead.with_user(self.manager).email = "moreau@office.example.org"
        self._say(chat, "sorry, it is ada@example.com")
        self.assertEqual(lead.email, "moreau@office.example.org")
        again = self._open()
        lead.with_user(self.manager).email = ADA
        self._say(again, "sorry, it is moreau@example.com")
        self.assertEqual((again.leads_partner_id, lead.email), (lead, ADA))

    def test_who_meant_somebody_else_by_a_slip_is_not_them(self):
        customer = self._customer("Secret Harbour", email="harbour@example.com")
        chat = self._open()
        self._say(chat, "I am at harbour@example.com")
        self.assertEqual(chat.leads_partner_id, customer)
        self._say(chat, "Sorry, I mean harbor@example.com")
        lead = chat.leads_partner_id
        self.assertNotEqual(lead, customer)
        self.assertEqual((lead.email, customer.email), ("harbor@example.com", "harbour@example.com"))
        self._say(chat, "Are you there?")
        self.assertEqual(chat.leads_partner_id, lead)

    def test_who_is_known_by_the_correction_is_found(self):
        customer = self._customer("Secret Harbour", email="harbour@example.com")
        chat = self._open()
        self._say(chat, "I am at harbuor@example.com")
        slip = chat.leads_partner_id
        self._say(chat, "Typo: harbour@example.com")
        self.assertEqual(chat.leads_partner_id, customer)
        self.assertEqual((slip.active, slip.email), (False, False), "nobody is found by the slip")

    def test_a_nameless_lead_that_is_merged_gets_the_name(self):
        for nr, name in enumerate(("Visitor #12", "+33155550123", "ada@exmaple.com", None, "Visitor (Chat)")):
            with self.subTest(name=name):
                lead = self._lead_after("Hello")
                if name:
                    lead.name = name
                named = self._new_lead(f"Ada Moreau {nr}")
                self.env["base.partner.merge.automatic.wizard"].create({})._merge((lead | named).ids, lead)
                self.assertEqual((lead.name, lead.lead_info), (f"Ada Moreau {nr}", "info"))
        kept, other = self._new_lead("Ada Moreau"), self._lead_after("Hello")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((kept | other).ids, kept)
        self.assertEqual((kept.name, kept.lead_info), ("Ada Moreau", "info"))
        one, two = self._lead_after("Hello"), self._lead_after("Hello")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((one | two).ids, one)
        self.assertEqual(one.lead_info, "no_info")
