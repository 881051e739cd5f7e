from odoo import api, models


class MailMessage(models.Model):
    """Messages and notes on held customers and their orders become customer history."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # sudo: mail.message - recording must not depend on what the author may read
        self.env["leads.agent.history"]._log_messages(messages.sudo())
        return messages
