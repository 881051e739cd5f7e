"""Whose an address is, and whom a mail is about: never us, a robot, a portal, or a forwarding colleague."""

import re

from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import parse_contact_from_email

from .tools import form_lines, reading

# Addresses that nobody reads.
ROBOT = re.compile(
    r"(?:no|do-?not|donot|never|ne-?pas)[-_.]?(?:reply|respond|r[e\u00e9]pondre)|(?:mailer-)?daemon|postmaster|bounces?"
    r"|notifications?|notify|alerts?|auto(?:mated|mailer|reply|responder)?|robot|wordpress|www-data|apache|nobody|root",
    re.IGNORECASE,
)
VIA = re.compile(r"\s*(?:\(via\b.*|\bvia\b.*)$", re.IGNORECASE)


class Senders:
    """Finds the senders of messages. Needs an elevated environment."""

    def __init__(self, env):
        self.env = env

    def us(self):
        """Return colleagues, the companies of the database and their contacts, archived or not."""
        us = Domain("user_ids.share", "=", False) | Domain("commercial_partner_id.ref_company_ids", "!=", False)
        return self.env["res.partner"].with_context(active_test=False), us

    def our_emails(self, emails):
        """Return the addresses that are ours: aliases, own companies and colleagues."""
        known = {normalized for email in emails if (normalized := email_normalize(email or ""))}
        if not known:
            return known
        partners, us = self.us()
        ours = partners.search(us & Domain("email_normalized", "in", list(known))).mapped("email_normalized")
        return set(self.env["mail.alias.domain"]._find_aliases(list(known))) | set(ours)

    def nobody(self, emails):
        """Return the addresses that belong to no customer: ours, and those of robots."""
        known = {normalized for email in emails if (normalized := email_normalize(email or ""))}
        robots = {email for email in known if ROBOT.fullmatch(email.split("@")[0].split("+")[0])}
        return robots | self.our_emails(known)

    def person(self, msg_dict, reply_to=None, attached=()):
        """Return the person that a mail is about.

        The person named in the lines of a form; else the author of a forwarded mail, the *Reply-To*, or the sender.

        :param dict msg_dict: the mail as the gateway parsed it
        :param str reply_to: its header *Reply-To*
        :param attached: the senders of attached mails
        :returns: name, e-mail (empty when it belongs to no customer), and the lines of a form
        """
        subject = msg_dict.get("subject") or ""
        # Forwarded or quoted text names the customer too: the whole text is searched.
        text = reading.plain_text(msg_dict.get("body"), f"Fwd: {subject}")
        lines = form_lines.stated(text)
        own_name, own_email = parse_contact_from_email(msg_dict.get("email_from") or msg_dict.get("from") or "")
        inner = [*map(parse_contact_from_email, attached), *form_lines.inner_senders(text, subject)]
        candidates = [*inner, parse_contact_from_email(reply_to or ""), (own_name, own_email)]
        nobody = self.nobody([email for _name, email in candidates] + [lines.get("email")])
        is_form = form_lines.is_form(lines) or email_normalize(own_email or "") in nobody or bool(inner)
        if not is_form:
            lines = {}
        if lines.get("email"):
            candidates.insert(0, (lines.get("name"), lines["email"]))
        name, email = next(
            (
                (name, email)
                for name, email in candidates
                if (found := email_normalize(email or "")) and found not in nobody
            ),
            ("", ""),
        )
        if email and email_normalize(email) != email_normalize(own_email or "") and not name:
            name = VIA.sub("", own_name) if own_name and VIA.search(own_name) else ""
        return lines.get("name") or name, email, lines
