from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.leads_agent_lifecycle.tests.test_leads import LifecycleCommon
from odoo.addons.mail.tests.common import MailCommon

PAGE = "/odoo/all-leads"


@tagged("post_install", "-at_install")
class TestChatTours(LifecycleCommon, MailCommon, HttpCase):
    """From the first message in a chat to the sale, each user in their own browser. See `static/tests/tours`."""

    def test_a_visitor_is_enriched_quoted_assigned_called_and_sold(self):
        self.env["leads.agent.calling.hours"].search([]).unlink()
        operator = new_test_user(self.env, "operator_otto", "im_livechat.im_livechat_group_user")
        livechat = self.env["im_livechat.channel"].create({"name": "Shop", "user_ids": operator.ids})
        self.patch(
            type(livechat),
            "_compute_available_operator_ids",
            lambda channels: [channel.update({"available_operator_ids": channel.user_ids}) for channel in channels],
        )

        self.start_tour(f"/im_livechat/support/{livechat.id}", "leads_agent_chat_visitor")
        lead = livechat.channel_ids.leads_partner_id
        self.assertEqual((lead.lead_channel, lead.lead_info), ("chat", "info"))
        self.assertPlace(lead, "lead", "new")

        self.start_tour(PAGE, "leads_agent_chat_enrich", login="manager_mia")
        self.assertEqual((lead.name, lead.function), ("Ada Moreau", "Head of Beans"))

        self.start_tour(PAGE, "leads_agent_chat_quote", login="agent_anna")
        self.assertEqual(lead.sale_order_ids.state, "draft")
        # A quotation does not count as a reply to the customer.
        self.assertPlace(lead, "opportunity", "new")

        self.start_tour(PAGE, "leads_agent_chat_assign", login="manager_mia")
        self.assertEqual(lead.leads_agent_id, self.agent)

        self.start_tour("/odoo/leads-agent", "leads_agent_chat_sell", login="agent_anna")
        self.assertEqual(lead.sale_order_ids.state, "sale")
        self.assertPlace(lead, "customer", "contacted")
        assignment = self.env["leads.agent.assignment"].search([("partner_id", "=", lead.id)])
        self.assertEqual((assignment.state, assignment.end_reason), ("resolved", "sale"))
        self.assertTrue(self.env["leads.agent.call"].search([("partner_id", "=", lead.id)]).is_sale)
        # The log has each stage in between.
        self.assertEqual(lead.lead_move_ids.sorted("id").stage_id.mapped("name"), ["Lead", "Opportunity", "Customer"])
