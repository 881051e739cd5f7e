from odoo import models

from ..arguments import refuse_unfit, takes
from ..tools import given


class MailThread(models.AbstractModel):
    """Locked agents cannot add customers out of sight to a conversation, and get no notifications about them.

    Followers, mentioned users and authors need the right to read the document: agents are notified only while they may
    read it, regardless of the author.
    """

    _inherit = "mail.thread"

    def _leads_visible_partner_ids(self, partner_ids):
        """Return the partners whom the current user may address: all, except for locked agents."""
        if not partner_ids or not self.env.user._is_leads_agent() or not self.env.user.leads_locked:
            return partner_ids
        partner_ids = refuse_unfit(self.env, given.record_ids, partner_ids)
        return self.env["res.partner"].sudo(False).browse(partner_ids)._filtered_access("read").ids

    @takes()
    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        return super().message_subscribe(self._leads_visible_partner_ids(partner_ids), subtype_ids)

    @takes()
    def message_post(self, *, partner_ids=None, **kwargs):
        return super().message_post(partner_ids=self._leads_visible_partner_ids(partner_ids), **kwargs)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self:
            return recipients
        # sudo: res.users - the roles of the recipients, for any author
        users = self.env["res.users"].sudo().browse({data["uid"] for data in recipients if data.get("uid")})
        deaf = {
            user.id
            for user in users
            # In the companies of the recipient, not of the author.
            if user._is_leads_agent()
            and not self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).has_access("read")
        }
        return [data for data in recipients if data.get("uid") not in deaf] if deaf else recipients
