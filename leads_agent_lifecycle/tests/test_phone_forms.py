from odoo.tests import tagged

from .test_meta import MetaCommon, whatsapp
from .test_meta_names import nameless

# Number of the contact, country of the contact, number on WhatsApp, number dialled, its country.
SAME = [
    ("+54 9 11 2345-6789", "", "541123456789", "+5491123456789"),
    ("+54 11 2345-6789", "", "5491123456789", "+541123456789"),
    ("011 15-2345-6789", "ar", "5491123456789", ""),
    ("+52 1 55 1234 5678", "", "525512345678", "+525512345678"),
    ("+52 55 1234 5678", "", "5215512345678", ""),
    ("+55 11 8765-4321", "", "5511987654321", ""),
    ("+55 (11) 98765-4321", "", "551187654321", ""),
    ("(11) 98765-4321", "br", "551187654321", ""),
    ("+229 97 12 34 56", "", "2290197123456", ""),
    ("+229 01 97 12 34 56", "", "22997123456", ""),
    ("+225 07 07 12 34 56", "", "22507123456", ""),
    ("0475 55 01 03", "be", "32475550103", ""),
    ("0044 20 7946 0123", "", "442079460123", ""),
    ("020 7946 0123", "uk", "442079460123", ""),
]
COUNTRIES = [
    ("5491123456789", "AR", "+5491123456789"),
    ("5215512345678", "MX", "+525512345678"),
    ("551187654321", "BR", "+5511987654321"),
    ("32475550103", "BE", "+32475550103"),
    ("12505550123", "CA", "+12505550123"),
    ("12125550123", "US", "+12125550123"),
    ("22997123456", "BJ", "+2290197123456"),
]
OTHERS = [
    ("+54 11 2345-6780", "5491123456789"),
    ("+52 1 55 1234 5670", "525512345678"),
    ("+55 21 98765-4321", "551187654321"),
    ("0475 55 01 03", "32475550103"),
    ("+55 11 3765-4321", "5511937654321"),
]


@tagged("post_install", "-at_install")
class TestPhoneForms(MetaCommon):
    """One person with a number in any of its forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.us")

    def test_a_customer_is_known_in_every_form(self):
        for nr, (phone, country, sender, _dialled) in enumerate(SAME):
            with self.subTest(phone=phone, sender=sender):
                country = self.env.ref(f"base.{country}") if country else self.env["res.country"]
                customer = self._customer(f"Café {nr}", phone=phone, country_id=country.id)
                self._post(whatsapp((f"p{nr}", "Hello", 10), sender=sender))
                self.assertEqual(self._said(customer), ["Hello"])
                customer.phone = False
                customer.lead_identity_ids.unlink()

    def test_the_channel_says_it_in_two_forms(self):
        for nr, (one, two) in enumerate(
            (
                ("5491123456789", "541123456789"),
                ("525512345678", "5215512345678"),
                ("551187654321", "5511987654321"),
                ("22997123456", "2290197123456"),
                ("22507123456", "2250707123456"),
            )
        ):
            with self.subTest(one=one):
                self._post(whatsapp((f"t{nr}", "one", 20), sender=one))
                lead = self._leads(one)
                # Corrected by a user in the meantime: the channel still identifies the lead.
                lead.phone = "+32475550103"
                self._post(whatsapp((f"u{nr}", "two", 10), sender=two))
                self.assertEqual(self._leads(two), lead)
                self.assertEqual(self._said(lead), ["one", "two"])
                lead.phone = False

    def test_a_country_from_the_number(self):
        for nr, (sender, code, phone) in enumerate(COUNTRIES):
            with self.subTest(sender=sender):
                self._post(whatsapp((f"c{nr}", "Hello", 10), sender=sender))
                lead = self._leads(sender)
                self.assertEqual((lead.country_id.code, lead.phone), (code, phone))

    def test_a_country_from_the_id_of_whatsapp(self):
        self._post(nameless(("BR.13491208655302741918", "Ada Moreau", "ada.m", "Hello")))
        self.assertEqual(self._leads("BR.13491208655302741918").country_id.code, "BR")

    def test_other_numbers_are_other_people(self):
        for nr, (phone, sender) in enumerate(OTHERS):
            with self.subTest(phone=phone):
                customer = self._customer(f"Other {nr}", phone=phone)
                self._post(whatsapp((f"o{nr}", "Hello", 10), sender=sender))
                self.assertEqual(self._said(customer), [])
                self.assertTrue(self._leads(sender))

    def test_duplicates_while_typing(self):
        known = self._new_lead("Ada", phone="+5491123456789")
        other = self._new_lead("Ada M.", phone="+541123456789")
        self.assertEqual(other.with_user(self.manager).lead_duplicate_ids, known)
