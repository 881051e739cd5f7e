import re

from odoo.fields import Command

from .offer_common import OfferCommon

# Contact data of every lead created here, in lower case and without spaces.
CANARIES = ("canary", "secretcontact", "secret@customer", "secretstreet", "+32470123456", "470123456")


class CanaryCommon(OfferCommon):
    """An offer of a lead whose contact data can be recognised wherever they appear."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Regardless of the demo data.
        cls.company = cls.env.company
        cls.company.write(
            {
                "leads_offer_minutes": 5,
                "leads_offer_shark_minutes": 0,
                "leads_offer_catch_all_ids": [Command.clear()],
                "leads_offer_terms": False,
            }
        )
        cls.agent.partner_id.phone = "+32 475 00 00 01"
        cls.solar = cls._tag("solar", color=3)
        cls._skill(cls.agent, cls.solar, 90)
        cls._skill(cls.other_agent, cls.solar, 10)
        cls.lead = cls._incoming(
            "Canary subject: solar roof",
            partner_name="Canary Company",
            function="Canary in Chief",
            description="<p>Canary text about solar</p>",
            street2="Canary Yard",
            city="Ghent",
            zip="9000",
            expected_revenue=3_000,
            leads_offer_hint="Calls back in the afternoon",
        )
        cls.offer = cls._live(cls.lead)

    def _found(self, text):
        text = re.sub(r"\s|&nbsp;", "", text).lower()
        return [canary for canary in CANARIES if canary in text]

    def assertNoCanary(self, *texts):
        for text in texts:
            self.assertFalse(self._found(str(text)))
