from odoo import api, models
from odoo.tools import email_normalize
from odoo.tools.mail import decode_message_header, parse_contact_from_email

from odoo.addons.leads_agent_channel.mail_intake import Intake
from odoo.addons.leads_agent_channel.senders import Senders
from odoo.addons.leads_agent_channel.tools import mail_source

from ..speaking import Speakers

TO_LEADS = {"lead_channel": "mail"}


class MailThread(models.AbstractModel):
    """Find the sender of a mail to the leads, and the document to post it on: never another customer's, nor ours."""

    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        # sudo: res.partner - the sender of a mail has no user
        routes = [
            route if route[0] != "res.partner" else self.sudo()._lead_route(message_dict, route) for route in routes
        ]
        if not any(_is_to_leads(route) for route in routes):
            return routes
        reply_to = decode_message_header(message, "Reply-To", separator=",")
        # sudo: res.partner - as above
        senders = Senders(self.sudo().env)
        name, email, lines = senders.person(message_dict, reply_to, mail_source.attached_senders(message))
        phone = lines.get("phone") or ""
        if not email and not phone:
            if senders.our_emails([message_dict.get("email_from")]):
                if intake := Intake.of(self.env):
                    intake.ignored_because = self.env._("From one of our own addresses, about nobody else")
                return [route for route in routes if not _is_to_leads(route)]
            # An automatic sender whose mail was not held back may be a person.
            name, email = parse_contact_from_email(message_dict.get("email_from") or "")
        values_to_leads = {**TO_LEADS, "lead_person": (name, email, phone)}
        return [(*route[:2], values_to_leads, *route[3:]) if _is_to_leads(route) else route for route in routes]

    def _lead_route(self, message_dict, route):
        """Elevated: return the route of a reply to a message on a contact.

        Posted on a colleague or an own company, all agents would read it; and a sender who writes to the leads address
        but names another customer's conversation is a different person. Both are handled as new mail.
        """
        model, thread_id, _values, user_id, alias = route
        contact = self.env[model].browse(thread_id or []).exists()
        email = email_normalize(message_dict.get("email_from") or "")
        if not contact or Senders(self.env).our_emails([email]):
            return route
        same = contact.commercial_partner_id
        is_theirs = (
            self.env[model]
            .with_context(active_test=False)
            .search_count([("email_normalized", "=", email), ("commercial_partner_id", "=", same.id)], limit=1)
        )
        if contact._leads_is_ours() or (not is_theirs and alias and alias._leads_takes_mail()):
            message_dict.pop("parent_id", None)
            return (model, False, dict(TO_LEADS), user_id, alias)
        return route

    def _message_parse_post_process(self, message, message_dict, routes):
        """Find archived authors too, whom Odoo ignores; the mail makes them active again."""
        values = super()._message_parse_post_process(message, message_dict, routes)
        if not values.get("author_id") and any(route[0] in ("res.partner", "sale.order") for route in routes or ()):
            # sudo: res.partner - the sender of a mail has no user
            if author := Speakers(self.sudo().env).find(email=message_dict["email_from"]):
                values["author_id"] = author.id
        return values


def _is_to_leads(route):
    return route[0] == "res.partner" and not route[1] and (route[2] or {}).get("lead_channel") == "mail"
