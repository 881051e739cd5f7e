from odoo import models

from ..arguments import refuse_unfit, takes
from ..tools import given


class MailThread(models.AbstractModel):
    """Under the lock, agents neither bring customers out of sight into a conversation nor hear of one.

    Following a document, being mentioned or having written on it is no right to read it: notifications reach an agent
    only while the agent may read the document, whoever posts.
    """

    _inherit = "mail.thread"

    def _leads_visible_partner_ids(self, partner_ids):
        """Those partners whom the current user may address: all, but for locked agents."""
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
        # sudo: res.users - the roles of those who are notified, whoever posts
        users = self.env["res.users"].sudo().browse({data["uid"] for data in recipients if data.get("uid")})
        deaf = {
            user.id
            for user in users
            # In the user's own companies, whichever those are of whoever posts.
            if user._is_leads_agent()
            and not self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).has_access("read")
        }
        return [data for data in recipients if data.get("uid") not in deaf] if deaf else recipients
