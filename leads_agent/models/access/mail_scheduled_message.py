from odoo import models


class MailScheduledMessage(models.Model):
    """A message that waits is read together with its document, as one that was sent: by number, and its files too."""

    _name = "mail.scheduled.message"
    _inherit = ["mail.scheduled.message", "leads.agent.document.sight.mixin"]
