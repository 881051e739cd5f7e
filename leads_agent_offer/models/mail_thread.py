from odoo import api, models
from odoo.tools.mail import decode_message_header


class MailThread(models.AbstractModel):
    """The gateway forgets whom an answer goes to; new leads need it, for portals write on behalf of people."""

    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        reply_to = decode_message_header(message, "Reply-To", separator=",")
        if not reply_to:
            return routes
        return [
            (route[0], route[1], {**(route[2] or {}), "leads_reply_to": reply_to}, *route[3:])
            if route[0] == "crm.lead" and not route[1]
            else route
            for route in routes
        ]
