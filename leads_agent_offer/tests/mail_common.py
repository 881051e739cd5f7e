from email.message import EmailMessage
from email.utils import make_msgid

from .offer_common import OfferCommon


class MailCommon(OfferCommon):
    """Complete mails to the alias of the call center, as delivered by the mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].search([], limit=1) or cls.env["mail.alias.domain"].create(
            {"name": "desk.example.com"}
        )
        cls.env.company.alias_domain_id = domain
        cls.call_center.write({"alias_name": "web-enquiries", "use_opportunities": True})
        cls.call_center.alias_id.alias_domain_id = domain
        cls.alias = f"web-enquiries@{domain.name}"

    @classmethod
    def _message(cls, text="", subject="Enquiry", sender="Jo Writer <jo@writer.example.org>", html=None, **headers):
        """Return a mail as bytes; ``x_spam_flag`` sets the header *X-Spam-Flag*."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Message-Id"] = sender, cls.alias, subject, make_msgid()
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        return mail.as_bytes()

    def _receive(self, *args, **kwargs):
        """Deliver a mail and return the lead that it created."""
        lead_id = self.env["mail.thread"].message_process(None, self._message(*args, **kwargs))
        return self.env["crm.lead"].browse(lead_id or [])
