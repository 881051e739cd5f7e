from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.menu_tours import MenuTours

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferMenus(MenuTours, OfferCommon, HttpCase):
    """Each menu of the offers opens in a browser with each of its views, without a client error or dialog."""

    def setUp(self):
        super().setUp()
        self._skill(self.agent, self._tag("solar"))
        # One lead accepted, one declined with a reason and then accepted by the other agent, one waiting for an answer.
        first = self._live(self._incoming(email_from="first@example.com", phone=False))
        first.with_user(self.agent).action_accept()
        second = self._incoming("A boiler", email_from="second@example.com", phone=False)
        reason = self.env.ref("leads_agent_offer.decline_reason_region")
        declined = self._live(second)
        declined.with_user(declined.agent_id).action_decline(reason.id)
        offer = self._live(second)
        offer.with_user(offer.agent_id).action_accept()
        self._incoming("Solar carport", email_from="third@example.com", phone=False)

    def _caught(self, email):
        """Return a catch-all offer of a lead that the agents declined."""
        lead = self._incoming("Solar fence", email_from=email, phone=False)
        while (offer := self._live(lead)).kind == "exclusive":
            offer.with_user(offer.agent_id).action_decline()
        return offer

    def test_an_agent_opens_every_menu(self):
        visited = self._visit_menus("leads_agent_offer", self.agent)
        self.assertEqual(visited, ["My Offers", "Manage All My Leads", "My Performance"])

    def test_a_manager_opens_every_menu(self):
        self.env.company.leads_offer_catch_all_ids = self.manager
        self._caught("fourth@example.com").with_user(self.manager).action_accept()
        self.assertEqual(self._caught("fifth@example.com").agent_id, self.manager)
        self.assertEqual(
            self._visit_menus("leads_agent_offer", self.manager),
            [
                *("My Offers", "Manage All My Leads", "My Performance"),
                *("Incoming Leads", "Offers", "Routing Audit"),
                *("Offers Analysis", "Offers by Region", "Performance Points"),
                *("Routing Tags", "Routing Profiles", "Reasons for Declining"),
            ],
        )


@tagged("post_install", "-at_install")
class TestDeclineReasons(OfferCommon):
    """Managers configure the reasons that agents choose from."""

    def test_a_manager_adds_a_reason_and_sees_how_often_it_was_given(self):
        reason = self.env["leads.agent.decline.reason"].with_user(self.manager).create({"name": "On the road"})
        self.assertEqual(reason.declined_count, 0)
        lead = self._incoming()
        offer = self._live(lead)
        self.env["leads.agent.decline"].with_user(offer.agent_id).create(
            {"offer_id": offer.id, "reason_id": reason.id}
        ).action_decline()
        reason.invalidate_recordset()
        self.assertEqual(reason.declined_count, 1)
        action = reason.action_offers()
        self.assertEqual(self.env["leads.agent.offer"].with_user(self.manager).search(action["domain"]), offer)

    def test_a_reason_that_was_given_is_archived_and_not_deleted(self):
        reason = self.env["leads.agent.decline.reason"].with_user(self.manager).create({"name": "On the road"})
        offer = self._live(self._incoming())
        offer.with_user(offer.agent_id).action_decline(reason.id)
        with self.assertRefused(UserError, "On the road.*Archive"):
            reason.unlink()
        reason.active = False
        self.assertEqual(offer.decline_reason_id, reason)
        unused = self.env["leads.agent.decline.reason"].with_user(self.manager).create({"name": "Never given"})
        unused.unlink()

    def test_agents_read_reasons_and_write_none(self):
        reasons = self.env["leads.agent.decline.reason"].with_user(self.agent)
        self.assertIn("Not my region", reasons.search([]).mapped("name"))
        with self.assertRaises(AccessError):
            reasons.create({"name": "x"})
        with self.assertRaises(AccessError):
            reasons.search([], limit=1).name = "x"
