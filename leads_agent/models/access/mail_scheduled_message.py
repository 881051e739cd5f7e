from odoo import models


class MailScheduledMessage(models.Model):
    """Scheduled messages and their files can only be read with their document, like sent messages."""

    _name = "mail.scheduled.message"
    _inherit = ["mail.scheduled.message", "leads.agent.document.sight.mixin"]
