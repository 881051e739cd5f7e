from odoo import models


class MailActivity(models.Model):
    """Users responsible for an activity cannot read it once its document is out of sight."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "leads.agent.document.sight.mixin"]
