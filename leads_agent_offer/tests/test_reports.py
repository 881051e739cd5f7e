import ast

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestReports(OfferCommon):
    """Managers see the offers by region; agents learn no more of a lead than an offer shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium, cls.netherlands = cls.env.ref("base.be"), cls.env.ref("base.nl")
        cls.east, cls.west = cls.env["res.country.state"].create(
            [{"country_id": cls.belgium.id, "name": name, "code": name} for name in ("East", "West")]
        )
        belgian = {"country_id": cls.belgium.id, "state_id": cls.east.id}
        leads = [
            cls._incoming(f"Lead {nr}", email_from=f"lead{nr}@example.com", phone=False, **vals)
            for nr, vals in enumerate((belgian, belgian, {"country_id": cls.netherlands.id}, {}))
        ]
        for lead, answer in zip(leads, ("action_accept", "action_decline", "action_accept"), strict=False):
            offer = cls._live(lead)
            getattr(offer.with_user(offer.agent_id), answer)()
        cls.leads = cls.env["crm.lead"].union(*leads)
        cls.action = cls.env.ref("leads_agent_offer.action_offers_region")

    def _by(self, user, groupby):
        """Return ``{place: (offers, accepted, declined)}`` of the report."""
        domain = Domain("lead_id", "in", self.leads.ids) & Domain(ast.literal_eval(self.action.domain))
        aggregates = ["__count", "accepted_count:sum", "declined_count:sum"]
        rows = self.env["leads.agent.offer"].with_user(user).formatted_read_group(domain, [groupby], aggregates)
        return {(row[groupby] or [False])[0]: tuple(row[name] for name in aggregates) for row in rows}

    def test_a_manager_sees_offers_by_country_and_region(self):
        self.env.invalidate_all()
        # The declined lead was offered once more.
        countries = {self.belgium.id: (3, 1, 1), self.netherlands.id: (1, 1, 0), False: (1, 0, 0)}
        self.assertEqual(self._by(self.manager, "country_id"), countries)
        self.assertEqual(self._by(self.manager, "region_id"), {self.east.id: (3, 1, 1), False: (2, 1, 0)})

    def test_a_place_that_is_corrected_later(self):
        self.leads[0].with_user(self.manager).state_id = self.west
        self.assertEqual(
            self._by(self.manager, "region_id"),
            {self.east.id: (2, 0, 1), self.west.id: (1, 1, 0), False: (2, 1, 0)},
        )

    def test_an_agent_groups_by_no_place(self):
        offers = self.env["leads.agent.offer"].with_user(self.agent)
        for name in ("country_id", "region_id"):
            with self.subTest(name):
                self.assertNotIn(name, offers.fields_get())
                with self.assertRaises(AccessError):
                    offers.formatted_read_group([], [name], ["__count"])
                with self.assertRaises(AccessError):
                    offers.search([(name, "!=", False)])
                with self.assertRaises(AccessError):
                    offers.search([], order=name)
                with self.assertRaises(AccessError):
                    offers.search([], limit=1).read([name])
        for view in self.action.views:
            self.assertNotIn("region_id", offers.get_view(*view)["arch"], view)
