from odoo import fields
from odoo.tests import HttpCase, tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferTours(OfferCommon, HttpCase):
    """What people do with offers, in a browser."""

    def setUp(self):
        super().setUp()
        self._skill(self.agent, self._tag("solar"))
        self.lead = self._incoming(city="Antwerp", description="A solar roof")
        self.offer = self._live(self.lead)

    def test_a_manager_reads_why_an_agent_was_asked(self):
        self.start_tour("/odoo/leads-incoming", "leads_agent_offer_audit", login="manager_mia")

    def test_an_agent_accepts_and_tells(self):
        self.start_tour("/odoo/leads-offers", "leads_agent_offer_accept", login="agent_anna")
        self.assertEqual(self.lead.user_id, self.agent)

    def test_an_agent_declines(self):
        self._skill(self.other_agent, self.env["leads.agent.tag"].search([("name", "=", "solar")]), 10)
        # Who qualifies alone is asked again at once; routed anew, both of them qualify.
        self.lead.with_user(self.manager).action_leads_recall()
        self.lead.with_user(self.manager).action_leads_route()
        self.start_tour("/odoo/leads-offers", "leads_agent_offer_decline", login="agent_anna")
        declined = self.lead.leads_offer_ids.filtered(lambda offer: offer.state == "declined")
        self.assertEqual(declined.agent_id, self.agent)
        self.assertEqual(declined.decline_reason_id, self.env.ref("leads_agent_offer.decline_reason_busy"))

    def test_an_agent_takes_the_second_chance_and_reads_the_score(self):
        self._skill(self.other_agent, self.env["leads.agent.tag"].search([("name", "=", "solar")]), 10)
        self.lead.with_user(self.manager).action_leads_recall()
        self.lead.with_user(self.manager).action_leads_route()
        offer = self._live(self.lead)
        self.assertEqual(offer.agent_id, self.agent)
        offer.deadline = fields.Datetime.now()
        self._run_job()
        self.assertEqual(self._holder(self.lead), self.other_agent)
        self.start_tour("/odoo/leads-offers", "leads_agent_offer_second_chance", login="agent_anna")
        self.assertEqual(offer.state, "requeued")
