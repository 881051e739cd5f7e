from odoo import api, models
from odoo.tools import SQL


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

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        """Notifications go out of sight with the document of their message, as the message itself."""
        query = super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)
        if self.env.su or bypass_access or query.is_empty() or not self.env.user._is_leads_agent():
            return query
        documents = self.env["leads.agent.document.sight.mixin"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT n.id, m.model, m.res_id FROM mail_notification n JOIN mail_message m ON m.id = n.mail_message_id
                 WHERE m.model IN %s AND n.id IN %s
                """,
                documents._leads_other_documents(),
                query.subselect(),
            )
        )
        return documents._leads_without_hidden(query, rows)
