from odoo import models

from ..mail_intake import Intake


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _leads_takes_mail(self):
        """Whether mail to this address creates leads."""
        return False

    def _leads_company(self):
        """Return the company of the leads: one of the alias domain."""
        companies, own = self.alias_domain_id.company_ids, self.env.company
        return own if not companies or own in companies else companies[0]

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """Do not bounce a mail that failed: it is kept and can be retried, and the alias stays valid."""
        if set_invalid and Intake.of(self.env):
            return None
        return super()._alias_bounce_incoming_email(message, message_dict, set_invalid=set_invalid)
