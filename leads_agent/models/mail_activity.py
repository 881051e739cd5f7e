from odoo import models


class MailActivity(models.Model):
    """Being responsible for an activity is no right to read it once its document is out of sight."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "leads.agent.document.sight.mixin"]
