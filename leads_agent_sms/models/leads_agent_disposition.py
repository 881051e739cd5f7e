from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent_call.models.leads_agent_disposition import Effect


class LeadsAgentDisposition(models.Model):
    _inherit = "leads.agent.disposition"

    sms_template_id = Link(
        "sms.template",
        string="Send Text Message",
        ondelete="restrict",
        domain="[('model', '=', 'res.partner')]",
        help="Sent to the customer when the outcome is logged, unless the number is on the do-not-call list.",
    )

    @api.constrains("sms_template_id")
    def _check_sms_template(self):
        for disposition in self:
            # sudo: sms.template - which model the template is for
            template_sudo = disposition.sms_template_id.sudo()
            if template_sudo and template_sudo.model != "res.partner":
                raise ValidationError(
                    self.env._("The text message template '%s' is not for contacts.", template_sudo.name)
                )

    def _effects(self):
        effects = super()._effects()
        if self.sms_template_id:
            # sudo: sms.template - its name only; agents may not read templates
            name = self.sms_template_id.sudo().name
            effects.append(Effect(self.env._("Text message sent: %s.", name), self._send_text_message))
        return effects

    def _send_text_message(self, customers):
        reachable = customers.filtered(lambda customer: customer.phone_sanitized and not customer.phone_blacklisted)
        reachable._message_sms_schedule_mass(template=self.sms_template_id)
