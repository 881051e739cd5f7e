from odoo.tests import HttpCase, tagged

from .offer_common import OfferCommon

# Keys that a client may put into the context to bypass the routing.
FLAGS = {"leads_offer_step": True, "leads_offer_later": True}


@tagged("post_install", "-at_install")
class TestContexts(OfferCommon, HttpCase):
    """No key in the client's context changes the routing."""

    def _call(self, model, method, *args, **context):
        """Call as the web client does, and return the response."""
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": list(args), "kwargs": {"context": context}},
        )
        self.env.invalidate_all()
        return answer

    def test_a_lead_that_somebody_decides_about_is_taken_back(self):
        self.authenticate("sales_sam", "sales_sam")
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        for method, *args in (
            ("write", {"user_id": self.salesperson.id}),
            ("write", {"active": False}),
            ("write", {"stage_id": won.id}),
            ("action_set_lost",),
            ("action_archive",),
            ("web_save", {"user_id": self.salesperson.id}, {}),
        ):
            with self.subTest(method, args=args):
                # Odoo shows leads without an owner to salespeople who see all leads.
                lead = self._incoming(email_from=False, phone=False)
                offer = self._live(lead)
                self._call("crm.lead", method, lead.ids, *args, **FLAGS)
                self.assertEqual((offer.state, lead.leads_offer_state), ("recalled", "none"))

    def test_a_lead_that_nobody_owns_any_more_goes_on(self):
        lead = self._incoming()
        lead.user_id = self.other_agent
        self.authenticate("sales_sam", "sales_sam")
        self._call("crm.lead", "write", lead.ids, {"user_id": False}, **FLAGS)
        self.assertEqual((lead.leads_offer_state, len(self._live(lead))), ("offered", 1))

    def test_what_comes_in_is_routed(self):
        self.authenticate("sales_sam", "sales_sam")
        for flag in (True, 1, "True", [1], {"a": 1}):
            with self.subTest(flag=flag):
                vals = {"name": "Solar roof", "team_id": self.call_center.id, "user_id": False}
                [lead_id] = self._call("crm.lead", "create", [vals], leads_offer_later=flag)
                lead = self.env["crm.lead"].browse(lead_id)
                self.assertEqual((lead.leads_offer_state, len(self._live(lead))), ("offered", 1))

    def test_accepting_makes_what_it_makes_whatever_the_context_says(self):
        other = self._lead("Of Somebody Else")
        self._assign(other, self.other_agent)
        lead = self._incoming(partner_name="Harbour Café")
        offer = self._live(lead)
        self.authenticate("agent_anna", "agent_anna")
        self._call(
            "leads.agent.offer",
            "action_accept",
            offer.ids,
            **FLAGS,
            mail_activity_automation_skip=True,
            default_parent_id=other.id,
            default_active=False,
            default_user_id=self.other_agent.id,
            default_told_at="2020-01-01 00:00:00",
        )
        self.assertEqual((offer.state, lead.user_id), ("accepted", self.agent))
        self.assertEqual(len(lead.activity_ids.filtered(lambda activity: activity.user_id == self.agent)), 3)
        self.assertTrue(lead.partner_id.active and lead.partner_id.commercial_partner_id != other)
        self.assertEqual(self._active(lead.partner_id).agent_id, self.agent)
