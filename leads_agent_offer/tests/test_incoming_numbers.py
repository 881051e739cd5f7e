from odoo.tests import tagged

from .mail_common import MailCommon


@tagged("post_install", "-at_install")
class TestIncomingNumbers(MailCommon):
    """Money and zip codes in mails and fields, and other numbers."""

    def _tags_of(self, lead):
        return lead.leads_routing_ids.tag_ids.mapped("name")

    def test_money_in_a_mail_is_read_as_people_write_it(self):
        self._tag("big", kind="money", low=200_000)
        for text in (
            "We would spend $.5M on it.",
            "Our limit: 250 kEUR",
            "Budget: 250000",
            "Kaufpreis\n450.000",
            "Entre 200 000 et 300 000 \u20ac",
            "1,5 Mio. Euro all in",
            "about 10-20 lakh INR",
            "CHF 1'250'000.-",
        ):
            with self.subTest(text):
                self.assertEqual(self._tags_of(self._receive(text)), ["big"])

    def test_numbers_that_are_no_money(self):
        self._tag("any", kind="money", low=1)
        for text in (
            "Call me: (212) 555-0100",
            "I live in 90210 and drove 145,000 km.",
            "Ref. 771204, your invoice no. 55012",
            "We have 24 rooms on 850 m\u00b2.",
            "Model X500, 64GB, 20% off, at 10:30 on 12.05.2026",
            "My file number is 20261205.",
        ):
            with self.subTest(text):
                self.assertFalse(self._tags_of(self._receive(text)))

    def test_zip_codes_are_whole_again_by_country(self):
        us, germany, belgium = (self.env.ref(f"base.{code}") for code in ("us", "de", "be"))
        self._tag("Boston", kind="zip", zip_low="02101", zip_high="02299", zip_country_id=us.id)
        self._tag("Dresden", kind="zip", zip_low="1067", zip_high="01328", zip_country_id=germany.id)
        for vals, found in (
            ({"zip": "2139", "country_id": us.id}, ["Boston"]),
            ({"zip": "2139-4307", "country_id": us.id}, ["Boston"]),
            ({"zip": "1069", "country_id": germany.id}, ["Dresden"]),
            ({"zip": "2139", "country_id": belgium.id}, []),
            ({"zip": "02139", "country_id": germany.id}, []),
            ({"zip": False, "country_id": us.id, "description": "<p>9 Elm St, Cambridge, MA 2139</p>"}, ["Boston"]),
            ({"zip": False, "country_id": us.id, "description": "<p>We need 2139 bricks</p>"}, []),
        ):
            with self.subTest(str(vals)):
                self.assertEqual(self._tags_of(self._incoming("Lead", **vals)), found)
        self.assertEqual(self._tags_of(self._receive("Zip: 2139")), ["Boston"])

    def test_what_is_something_else_is_no_zip_code(self):
        self._tag("here", kind="zip", zip_low="1000", zip_high="1299")
        for text in (
            "We pay 1,200 EUR.",
            "Phone +32 470 12 34 56",
            "Tel. 0470 12 11 56",
            "Order no. 1150",
            "Only 1100 km",
            "Budget: 1250",
        ):
            with self.subTest(text):
                self.assertFalse(self._tags_of(self._receive(text)))
        self.assertEqual(self._tags_of(self._receive("We are in 1180 Uccle.")), ["here"])
