from odoo import models

from odoo.addons.leads_agent.fields import Link

from ..notifying import note_failure


class MailMail(models.Model):
    """A mail about an offer; if it fails, the error is recorded on the offer."""

    _inherit = "mail.mail"

    leads_offer_id = Link(
        "leads.agent.offer", string="Lead Offer", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type:
            # sudo: leads.agent.offer - any user may send the queue
            for mail in self.sudo().filtered("leads_offer_id"):
                reason = failure_reason or mail.failure_reason or failure_type
                note_failure(mail.leads_offer_id, self.env._("The e-mail was not sent: %s", reason))
        return super()._postprocess_sent_message(success_pids, success_emails, failure_reason, failure_type)
