from odoo import fields
from odoo.tests import HttpCase, tagged

from .offer_common import OfferCommon

MAIL = """\
From: Jo Baker <jo.baker@customer.example.com>
To: {alias}
Subject: Heat pump for a bakery
Date: Thu, 26 Nov 2026 10:00:00 +0100
Message-ID: <heat-pump-{alias}>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="xx"

--xx
Content-Type: text/plain; charset=utf-8

We bake in Ghent and look for a heat-pump. Caf=C3=A9 next door has one.

--xx
Content-Type: text/html; charset=utf-8

<p>We bake in Ghent and look for a <b>heat-pump</b>.</p>
--xx--
"""


@tagged("post_install", "-at_install")
class TestOfferTours(OfferCommon, HttpCase):
    """How users work with offers in a browser."""

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
        # A single qualified agent is asked again at once; after routing again, both qualify.
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

    def test_an_offer_that_was_missed_is_taken_by_the_second_chance(self):
        self._skill(self.other_agent, self.env["leads.agent.tag"].search([("name", "=", "solar")]), 10)
        self.lead.with_user(self.manager).action_leads_recall()
        self.lead.with_user(self.manager).action_leads_route()
        missed = self._live(self.lead)
        missed.deadline = fields.Datetime.now()
        self._run_job()
        missed.with_user(self.agent).action_request_again()
        other = self._live(self.lead)
        self.assertEqual(other.agent_id, self.other_agent)
        other.with_user(self.other_agent).action_decline()
        self.assertEqual(self._holder(self.lead), self.agent)
        self.start_tour("/odoo/leads-offers", "leads_agent_offer_taken_again", login="agent_anna")
        self.assertEqual(self.lead.user_id, self.agent)
        self.assertEqual(self.profiles[self.agent].score, 100)

    def test_a_mail_into_the_alias_is_routed_and_the_manager_reads_why(self):
        self._skill(self.other_agent, self._tag("heat pump", need="exclusive"))
        domain = self.env.company.alias_domain_id or self.env["mail.alias.domain"].create({"name": "desk.example.com"})
        self.env.company.alias_domain_id = domain
        self.call_center.alias_id.write({"alias_name": "web-enquiries-of-the-tour", "alias_domain_id": domain.id})
        mail = MAIL.format(alias=self.call_center.alias_id.display_name)
        self.env["mail.thread"].message_process(None, mail)
        lead = self.env["crm.lead"].search([("name", "=", "Heat pump for a bakery")])
        self.assertEqual((lead.team_id, lead.email_normalized), (self.call_center, "jo.baker@customer.example.com"))
        self.assertEqual(self._holder(lead), self.other_agent)
        self.assertFalse(lead.user_id)
        self.start_tour("/odoo/leads-incoming", "leads_agent_offer_mail_audit", login="manager_mia")
