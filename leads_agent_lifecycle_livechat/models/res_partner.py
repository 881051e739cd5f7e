from odoo import fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class ResPartner(models.Model):
    _inherit = "res.partner"

    lead_chat_count = fields.Integer(
        string="Chats", compute="_compute_lead_chat_count", groups="im_livechat.im_livechat_group_user"
    )

    def _compute_lead_chat_count(self):
        # sudo: discuss.channel - only the number of chats, of leads that the user may read
        chats = (
            self.env["discuss.channel"]
            .sudo()
            ._read_group([("leads_partner_id", "in", self.ids)], ["leads_partner_id"], ["__count"])
        )
        counts = {lead.id: count for lead, count in chats}
        for lead in self:
            lead.lead_chat_count = counts.get(lead.id, 0)

    @takes(given.one)
    def action_lead_chats(self):
        """Open the chats of the lead that the user may read."""
        self.ensure_one()
        self.check_access("read")
        # sudo: discuss.channel - only the IDs; the list shows the chats in sight
        chats = self.env["discuss.channel"].sudo().search([("leads_partner_id", "=", self.id)])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Chats of %s", self.display_name),
            "res_model": "discuss.channel",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("im_livechat.discuss_channel_view_tree").id, "list"),
                (self.env.ref("im_livechat.discuss_channel_view_form").id, "form"),
            ],
            "domain": [("id", "in", chats.ids)],
        }
