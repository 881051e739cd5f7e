from odoo import api, models
from odoo.tools import SQL


class MailNotification(models.Model):
    """The recipients of a message, as its thread shows them."""

    _inherit = "mail.notification"

    def _filtered_for_web_client(self):
        """Return to agents only recipients in sight: the thread reads them elevated, with their e-mail."""
        shown = super()._filtered_for_web_client()
        user = self.env.user
        if not (user._is_leads_agent() and user.leads_locked):
            return shown
        in_sight = shown.res_partner_id.sudo(False)._filtered_access("read")
        return shown.filtered(lambda row: not row.res_partner_id or row.res_partner_id.id in in_sight._ids)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        """Hide notifications, like their messages, when the document is out of sight."""
        query = super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)
        if self.env.su or bypass_access or query.is_empty() or not self.env.user._is_leads_agent():
            return query
        message = query.join(self._table, "mail_message_id", "mail_message", "id", "leads_message")
        columns = (
            SQL.identifier(self._table, "id"),
            SQL.identifier(message, "model"),
            SQL.identifier(message, "res_id"),
        )
        rows = self.env.execute_query(query.select(*columns))
        shown = self.env["leads.agent.document.sight.mixin"]._leads_in_sight(rows)
        return query if len(shown) == len(rows) else self.browse(shown)._as_query()
