from odoo import api, models


class LeadsAgentReceived(models.Model):
    """Messages of visitors in live chats, with a row each.

    The row is created in the transaction of the chat and keeps no text, because the conversation has it from the same
    moment.
    """

    _inherit = "leads.agent.received"

    @api.model
    def _of_chat(self, message):
        """Elevated: create the row of a message in a chat."""
        return self.create(
            {
                "company_id": self.env.company.id,
                "channel": "chat",
                "key": f"message-{message.id}",
                "email_from": message.author_id.email_normalized,
                "message_id": message.id,
            }
        )

    def _is_kept(self):
        return super()._is_kept() or (self.channel == "chat" and bool(self.message_id))

    def _take_in(self):
        chats = self.filtered(lambda row: row.channel == "chat")
        for row in chats:
            # sudo: mail.message, discuss.channel - a message that the visitor was allowed to post
            message = row.message_id.sudo()
            chat = self.env["discuss.channel"].sudo().browse(message.res_id)
            row._became(**chat._leads_process_message(message, message.author_id, message.author_guest_id))
        return super(LeadsAgentReceived, self - chats)._take_in()
