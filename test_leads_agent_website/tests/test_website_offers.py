from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestWebsiteOffers(OfferCommon, HttpCase):
    """Odoo's own contact form creates a lead, which is routed like one from a mail."""

    def test_a_form_is_read_routed_and_offered(self):
        self._skill(self.agent, self._tag("heat pump"))
        self._skill(self.other_agent, self._tag("solar roof"))
        self.opener.cookies["odoo_utm_source"] = "Fair"
        typed = {
            "name": "A question",
            "contact_name": "Ada Moreau",
            "email_from": "ada@example.com",
            "description": "Do you fit a heat-pump?",
            "team_id": self.call_center.id,
        }
        answer = self.url_open("/website/form/crm.lead", data=typed).json()
        lead = self.env["crm.lead"].browse(answer["id"])
        self.assertEqual((lead.source_id.name, lead.medium_id.name), ("Fair", "Website"))
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.leads_offer_state, "offered")
        self.assertEqual(lead.leads_offer_ids.agent_id, self.agent)
        self.assertEqual(lead.leads_routing_ids.tag_ids.mapped("name"), ["heat pump"])


@tagged("post_install", "-at_install")
class TestSight(OfferCommon):
    def test_a_website_shows_agents_nothing_more(self):
        self.env.company.leads_agent_lock_assigned = True
        test = self.env["leads.agent.self.test"].create({"company_ids": self.env.company.ids})
        test._run()
        self.assertGreater(test.read_count, 0)
        self.assertFalse(test.line_ids.filtered(lambda line: line.verdict not in ("ok", "note")).mapped("explanation"))
