from odoo import models

from odoo.addons.leads_agent.fields import Link

from ..notifying import note_failure


class SmsSms(models.Model):
    """A text message about an offer; if it fails, the error is recorded on the offer."""

    _inherit = "sms.sms"

    leads_offer_id = Link(
        "leads.agent.offer", string="Lead Offer", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _handle_call_result_hook(self, results):
        result = super()._handle_call_result_hook(results)
        # sudo: leads.agent.offer - any user may send the queue
        for sms in self.sudo().filtered(lambda sms: sms.leads_offer_id and sms.state == "error"):
            reason = dict(sms._fields["failure_type"]._description_selection(self.env)).get(sms.failure_type, "")
            note_failure(sms.leads_offer_id, self.env._("The text message was not sent: %s", reason))
        return result
