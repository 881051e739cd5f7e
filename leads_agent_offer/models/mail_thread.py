from odoo import api, models
from odoo.tools.mail import decode_message_header

from odoo.addons.leads_agent_channel.tools import mail_source


class MailThread(models.AbstractModel):
    """Pass the *Reply-To* and the senders of attached mails on to new leads; the gateway drops both."""

    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == "crm.lead" and not route[1] for route in routes):
            return routes
        values = {
            "leads_reply_to": decode_message_header(message, "Reply-To", separator=","),
            "leads_attached_from": mail_source.attached_senders(message),
        }
        return [
            (route[0], route[1], {**(route[2] or {}), **values}, *route[3:])
            if route[0] == "crm.lead" and not route[1]
            else route
            for route in routes
        ]
