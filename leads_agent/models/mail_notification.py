from odoo import models


class MailNotification(models.Model):
    """Who was told of a message, as its thread shows it."""

    _inherit = "mail.notification"

    def _filtered_for_web_client(self):
        """The thread reads them elevated, with the e-mail of the recipient: agents get those of people in sight."""
        shown = super()._filtered_for_web_client()
        user = self.env.user
        if not (user._is_leads_agent() and user.leads_locked):
            return shown
        in_sight = shown.res_partner_id.sudo(False)._filtered_access("read")
        return shown.filtered(lambda row: not row.res_partner_id or row.res_partner_id.id in in_sight._ids)
