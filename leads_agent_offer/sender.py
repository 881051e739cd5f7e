"""The person whom a mail is about: never a robot, a portal, or a forwarding colleague."""

from odoo.tools import email_normalize, formataddr

from odoo.addons.leads_agent_channel.senders import Senders

# Values of the lead that are filled in from the lines of a form.
FIELDS = {"phone": "phone", "street": "street", "zip": "zip", "city": "city", "company": "partner_name"}


def read_sender(env, msg_dict, reply_to=None, attached=()):
    """Find the person whom a mail is about: see :meth:`Senders.person`.

    :returns: the mail with that person as its sender, and values of the lead
    """
    # sudo: res.partner - the sender of a mail has no user
    name, email, lines = Senders(env["res.partner"].sudo().env).person(msg_dict, reply_to, attached)
    values = {field: lines[kind] for kind, field in FIELDS.items() if lines.get(kind)}
    if name:
        values["contact_name"] = name
    sender = formataddr((name, email)) if email else False
    own_email = email_normalize(msg_dict.get("email_from") or msg_dict.get("from") or "")
    parsed = {**msg_dict, "from": sender, "email_from": sender}
    if not email or email_normalize(email) != own_email:
        parsed["author_id"] = False
    return parsed, values
