from odoo import api, models

from ..arguments import takes
from ..tools import given


class MailMessage(models.Model):
    """Messages and notes on held customers and their orders become customer history.

    Authors and recipients of a message cannot read it once its document is out of sight.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "leads.agent.document.sight.mixin"]

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        # Checks without a query come first: most messages are field changes, or about customers nobody holds.
        History = self.env["leads.agent.history"]
        documents = [
            (vals.get("model"), vals.get("res_id")) if History._may_be_history(vals) else (None, None)
            for vals in vals_list
        ]
        messages = super().create(vals_list)
        # sudo: mail.message - recording must not depend on what the author may read
        History.sudo()._log_messages(messages.sudo(), documents)
        return messages

    def _message_notifications_to_store(self, store):
        """Keep documents out of sight from the author's list of failed deliveries, which Odoo reads elevated."""
        in_sight = self.filtered("leads_in_sight") if self.env.user.leads_needs_sight else self
        return super(MailMessage, in_sight)._message_notifications_to_store(store)
