from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from .test_leads import LifecycleCommon

PANEL = "odoo.addons.leads_agent_lifecycle.panel"


@tagged("post_install", "-at_install")
class TestPanel(LifecycleCommon):
    """The counts of the panel on the left of the leads page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france, cls.japan = cls.env.ref("base.fr"), cls.env.ref("base.jp")
        company = cls._customer("Moreau SARL")
        cls.ada = cls._new_lead(
            "Ada", country_id=cls.france.id, city="Lyon", lead_gender="female", parent_id=company.id
        )
        cls.ben = cls._new_lead("Ben", country_id=cls.japan.id, city="Osaka", lead_gender="male", lead_loyalty="gold")
        cls.cleo = cls._new_lead("Cleo", country_id=cls.france.id, city="Lyon", lead_gender="female", zip="69002")
        cls.leads = cls.ada | cls.ben | cls.cleo

    def _counts(self, name, user=None, tz="UTC", **kwargs):
        partners = self.env["res.partner"].with_user(user or self.manager).with_context(lead_page=True, tz=tz)
        domain = [("id", "in", self.leads.ids)]
        values = partners.search_panel_select_multi_range(name, search_domain=domain, enable_counters=True, **kwargs)[
            "values"
        ]
        return {value["display_name"]: value["__count"] for value in values if value["__count"]}

    def test_counts_of_each_dimension(self):
        self.assertEqual(self._counts("lead_gender"), {"Female": 2, "Male": 1})
        self.assertEqual(self._counts("country_id"), {"France": 2, "Japan": 1})
        self.assertEqual(self._counts("lead_loyalty"), {"Gold": 1})
        self.assertEqual(self._counts("lead_city"), {"Lyon": 2, "Osaka": 1})
        self.assertEqual(self._counts("lead_zip"), {"69002": 1})
        self.assertEqual(self._counts("parent_id"), {"Moreau SARL": 1})
        self.cleo.company_name = "Kay Roasters"
        self.assertEqual(self._counts("lead_company"), {"Moreau SARL": 1, "Kay Roasters": 1})
        for name, lead in (("Moreau SARL", self.ada), ("Kay Roasters", self.cleo)):
            for domain in ([("lead_company", "in", [name])], [("commercial_company_name", "ilike", name[:5])]):
                found = self.env["res.partner"].search([("id", "in", self.leads.ids), *domain])
                self.assertEqual(found, lead)
        self.assertEqual(self._counts("lead_account_type"), {"Personal": 2, "Business": 1})
        self.assertEqual(self._counts("lead_stage_id"), {"Lead": 3})
        self.assertEqual(self._counts("lead_info"), {"Info": 3})

    def test_several_filters_at_once(self):
        chosen = [("country_id", "in", self.france.ids)]
        self.assertEqual(self._counts("lead_gender", filter_domain=chosen), {"Female": 2})
        found = self.env["res.partner"].search(
            [("id", "in", self.leads.ids), ("lead_city", "in", ["Lyon"]), ("lead_zip", "in", ["69002"])]
        )
        self.assertEqual(found, self.cleo)

    def test_counting_ends(self):
        with patch(f"{PANEL}.COUNTED", 1):
            self.assertEqual(self._counts("lead_gender"), {"Female": 2, "Male": 1})
            self.leads.lead_gender = "female"
            self.assertEqual(self._counts("lead_gender"), {"Female": 2})

    def test_who_is_out_of_sight_is_not_counted(self):
        self.env.company.leads_agent_lock_assigned = True
        self.assertEqual(self._counts("lead_gender", self.agent), {})
        self.assertEqual(self._counts("lead_city", self.agent), {})
        self.assertEqual(self._counts("parent_id", self.agent), {})

    def test_age_bands_on_birthdays(self):
        # Ages depend on the user's time zone.
        leads = self.leads.with_context(tz="Pacific/Auckland")
        today = fields.Date.context_today(leads)
        for lead, born in zip(leads, ({"years": 25}, {"years": 25, "days": -1}, {"years": 90}), strict=True):
            lead.lead_birthdate = today - relativedelta(**born)
        self.assertEqual(leads.mapped("lead_age_band"), ["25", "18", "65"])
        counts = self._counts("lead_age_band", tz="Pacific/Auckland")
        self.assertEqual(counts, {"18 to 24": 1, "25 to 34": 1, "65 and More": 1})
        for band, lead in (("25", self.ada), ("18", self.ben), ("65", self.cleo)):
            self.assertEqual(leads.search([("id", "in", leads.ids), ("lead_age_band", "=", band)]), lead)

    def test_other_pages_count_as_ever(self):
        partners = self.env["res.partner"].with_user(self.manager)
        domain = [("id", "in", self.leads.ids)]
        values = partners.search_panel_select_multi_range("country_id", search_domain=domain, enable_counters=True)
        self.assertEqual(
            {value["display_name"]: value["__count"] for value in values["values"]}, {"France": 2, "Japan": 1}
        )

    def test_statements(self):
        """One statement counts all values of a dimension."""
        self._counts("lead_gender")
        with self.assertQueryCount(1):
            self._counts("lead_gender")
