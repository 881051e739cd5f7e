from odoo.tests import tagged

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestRoutingByLifeCycle(OfferCommon):
    """Leads are routed by the life cycle of their customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Harbour Café", phone="+32 470 12 34 56")
        cls.customer.lead_stage_id = cls.env.ref("leads_agent_lifecycle.stage_customer")

    def test_a_tag_matches_the_stage(self):
        self._skill(self.other_agent, self._tag("Customer"), 90)
        lead = self._incoming("A question", partner_id=self.customer.id)
        self.assertEqual(self._holder(lead), self.other_agent)
        self.assertEqual(lead.leads_routing_ids.tag_ids.name, "Customer")
        self.assertFalse(self._incoming("A question").leads_routing_ids.tag_ids, "nobody known asks")

    def test_the_name_of_an_officer_is_a_tag(self):
        self.profiles[self.agent].name_is_tag = True
        self.env["leads.agent.officer"].create({"partner_id": self.customer.id, "user_id": self.agent.id})
        for _nr in range(2):
            lead = self._incoming("A question", partner_id=self.customer.id)
            self.assertEqual(self._holder(lead), self.agent)

    def test_older_and_newer_forms_of_a_number_are_one_person(self):
        for first, second in (
            ("+5491123456789", "+541123456789"),
            ("+525512345678", "+5215512345678"),
            ("+5511987654321", "+551187654321"),
        ):
            with self.subTest(first), self.env.cr.savepoint() as savepoint:
                numbers = {"email_from": False, "contact_name": "Jo"}
                leads = self._incoming(phone=first, **numbers) | self._incoming(phone=second, **numbers)
                self.assertEqual(self._live(leads).agent_id, self.agent | self.other_agent)
                winner = self._holder(leads[1])
                self._live(leads[1]).with_user(winner).action_accept()
                self.assertEqual([lead.user_id for lead in leads], [winner, winner])
                self.assertEqual(len(leads.partner_id), 1)
                third = self._incoming(phone=first, **numbers)
                self.assertEqual((third.user_id, third.partner_id), (winner, leads.partner_id))
                savepoint.rollback()
                self.env.invalidate_all()
