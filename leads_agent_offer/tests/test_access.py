from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .offer_common import OfferCommon

SECRETS = ("Secret", "secret@customer", "470 12 34 56", "470123456")


@tagged("post_install", "-at_install")
class TestAccess(OfferCommon):
    """Before acceptance an agent cannot read the contact of a lead through any interface; afterwards everything."""

    def setUp(self):
        super().setUp()
        self.lead = self._incoming(city="Antwerp", expected_revenue=2400)
        self.offer = self._live(self.lead)

    def _everything(self, user):
        """Return what the user can read of the offer, including display names."""
        offers = self.env["leads.agent.offer"].with_user(user)
        names = list(offers.fields_get())
        read = offers.search([]).read(names)
        spec = {name: {} for name in names} | {"tag_ids": {"fields": {"display_name": {}}}}
        return str(read) + str(offers.web_search_read([], spec)) + str(offers.search([]).mapped("display_name"))

    def test_the_offer_says_what_an_agent_may_know(self):
        values = self.offer.with_user(self.agent).read(["city", "value_band"])[0]
        self.assertEqual(values["city"], "Antwerp")
        self.assertRegex(values["value_band"], "1,000.* to .*5,000")

    def test_no_contact_before_acceptance(self):
        self.env.invalidate_all()
        text = self._everything(self.agent)
        for secret in SECRETS:
            self.assertNotIn(secret, text)
        lead = self.lead.with_user(self.agent)
        with self.assertRaises(AccessError):
            lead.read(["name"])
        self.assertFalse(lead.search([]))
        self.assertFalse(lead.name_search("Solar"))
        offers = self.env["leads.agent.offer"].with_user(self.agent)
        for field in ("lead_id", "routing_id", "lead_id.phone"):
            with self.subTest(field), self.assertRaises(AccessError):
                offers.search([(field, "in", [self.lead.id])])
        with self.assertRaises(AccessError):
            self.lead.leads_routing_ids.with_user(self.agent).read(["ranked"])

    def test_a_form_about_a_lead_out_of_sight_is_refused(self):
        form = self.env["leads.agent.feedback"].with_user(self.agent).create({"lead_id": self.lead.id})
        self.assertNotIn("Solar", str(form.read()))
        with self.assertRaises(AccessError):
            form.action_tell()
        with self.assertRaises(AccessError):
            self.env["leads.agent.decline"].with_user(self.other_agent).create({"offer_id": self.offer.id})
        spec = {"lead_id": {}}
        forms = self.env["leads.agent.feedback"].with_user(self.agent)
        for context, values, names in (
            ({"default_lead_id": self.lead.id}, {}, []),
            ({}, {"lead_id": self.lead.id}, ["lead_id"]),
        ):
            try:
                answer = str(forms.with_context(**context).onchange(values, names, spec))
            except AccessError:
                answer = ""
            self.assertNotIn("Solar", answer)
        self.offer.with_user(self.agent).action_accept()
        forms.create({"lead_id": self.lead.id}).action_tell()

    def test_everything_after_acceptance(self):
        self.offer.with_user(self.agent).action_accept()
        self.env.invalidate_all()
        values = self.lead.with_user(self.agent).read(["contact_name", "phone", "email_from", "street"])[0]
        self.assertEqual(values["contact_name"], "Secret Contact")
        view = self.env.ref("leads_agent_offer.crm_lead_view_form_agent")
        arch = self.lead.with_user(self.agent).get_views([(view.id, "form")])
        spec = {
            name: {"fields": {"display_name": {}}} if description.get("relation") else {}
            for name, description in arch["models"]["crm.lead"]["fields"].items()
            if f'name="{name}"' in arch["views"]["form"]["arch"]
        }
        self.assertTrue(self.lead.with_user(self.agent).web_read(spec)[0]["phone"])

    def test_nothing_again_after_a_decline_or_a_miss(self):
        self.offer.with_user(self.agent).action_decline()
        self._pass_time(minutes=6)
        self.env.invalidate_all()
        for user in (self.agent, self.other_agent):
            text = self._everything(user)
            for secret in SECRETS:
                self.assertNotIn(secret, text)
            with self.assertRaises(AccessError):
                self.lead.with_user(user).read(["name"])

    def test_agents_write_no_lead_and_no_offer(self):
        self.offer.with_user(self.agent).action_accept()
        for record, vals in (
            (self.lead, {"user_id": self.agent.id}),
            (self.offer, {"state": "accepted"}),
            (self.profiles[self.agent], {"pecking_order": 10}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.agent).write(vals)
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.agent).create({"name": "x"})

    def test_under_the_lock_a_lead_goes_out_of_sight_with_its_customer(self):
        self.env.company.leads_agent_lock_assigned = True
        self.offer.with_user(self.agent).action_accept()
        self.env.invalidate_all()
        self.assertTrue(self.lead.with_user(self.agent).search([]))
        self._active(self.lead.partner_id).with_user(self.manager).action_unassign()
        self.env.invalidate_all()
        self.assertFalse(self.lead.with_user(self.agent).search([]))

    def test_preferences_are_ones_own(self):
        profile = self.profiles[self.agent]
        profile.with_user(self.agent).set_preferences(by_sms=True, by_email=False)
        self.assertEqual((profile.by_sms, profile.by_email), (True, False))
        with self.assertRefused(UserError, "not a preference"):
            profile.with_user(self.agent).set_preferences(pecking_order=5)
        with self.assertRefused(UserError, "at least one way"):
            profile.with_user(self.agent).set_preferences(by_app=False, by_sms=False)
        with self.assertRaises(AccessError):
            profile.with_user(self.other_agent).set_preferences(by_sms=True)

    def test_a_salesperson_notices_nothing(self):
        lead = self.env["crm.lead"].with_user(self.salesperson).create({"name": "Own lead"})
        self.assertEqual((lead.user_id, lead.leads_offer_state), (self.salesperson, "none"))
