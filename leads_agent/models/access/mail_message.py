from odoo import models
from odoo.exceptions import MissingError


class MailMessage(models.Model):
    """Agents may only reply to messages on documents in sight, which is checked in one query."""

    _inherit = "mail.message"

    def _leads_readable(self):
        """The rule on messages already checks the document, so core need not check it again."""
        if not self.env.user._is_leads_agent():
            return super()._leads_readable()
        documents = self._leads_documents()
        try:
            # sudo: mail.message - only what decides on the sight is read
            asked = self.sudo().filtered(lambda message: message.model in documents)
        except MissingError:
            return self.exists()._leads_readable()
        others = self - asked.sudo(False)
        return asked._leads_filter_in_sight().sudo(False) | super(MailMessage, others)._leads_readable()
