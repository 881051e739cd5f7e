"""Mail that creates leads, or replies from leads: Odoo's gateway processes it."""

import json

from odoo.fields import Domain

from .tools import automatic, mail_source, reading

SOURCE_NAME = "mail.eml"


class Intake:
    """A mail that is being processed: what is known of it, and the result.

    The gateway carries it in the context; no client can send such an object.
    """

    def __init__(self, mail, is_released):
        self.mail = mail
        self.is_released = is_released
        self.is_new_lead = False
        self.held_because = ""
        # A sentence, when it comes from no customer.
        self.ignored_because = ""

    @staticmethod
    def of(env):
        intake = env.context.get("leads_intake")
        return intake if isinstance(intake, Intake) else None

    def why_held(self, subject, body):
        """Why the mail is held back: a constant of :mod:`automatic`, empty when a person wrote it."""
        if self.is_released:
            return ""
        return automatic.why(self.mail, subject, reading.plain_text(body, f"Fwd: {subject}"))


class MailIntake:
    """Records a mail and processes it.

    :param row: its row, elevated; an empty recordset until the mail is recorded
    """

    def __init__(self, row):
        self.env, self.row = row.env, row

    def arrival(self, source, model, **how):
        """Return the values of a mail for :meth:`LeadsAgentReceived._arrive`.

        :param bytes source: as received from the mail server
        :param how: other arguments of the gateway
        :returns: None for mail that has nothing to do with leads
        """
        mail = mail_source.headers(source)
        company = self._company(mail, model)
        if not company:
            return None
        key = mail_source.key(mail, source)
        return {
            "channel": "mail",
            "key": key,
            "company_id": company.id,
            "email_from": mail_source.sender(mail),
            "subject": mail_source.text(mail, "Subject"),
            "body": mail_source.words(mail_source.repaired(source, key)),
            "came_with": json.loads(json.dumps({"model": model, **how}, default=str)),
            "sources": [(SOURCE_NAME, source, "message/rfc822")],
        }

    def _company(self, mail, model):
        """Return the company of a mail, from its alias, the message it replies to, or the fetching server."""
        recipients = mail_source.recipients(mail)
        local = Domain("alias_name", "in", [one.partition("@")[0] for one in recipients])
        local &= Domain("alias_incoming_local", "=", True)
        aliases = self.env["mail.alias"].search(Domain("alias_full_name", "in", recipients) | local)
        for alias in aliases:
            if alias._leads_takes_mail():
                return alias._leads_company()
        if references := mail_source.references(mail):
            about = self.env["mail.message"].search([("message_id", "in", references)], order="id desc", limit=1)
            if about.res_id and (document := self.row._lead_document(about.model, about.res_id)):
                return document.company_id or self.env.company
        return self.env.company if not aliases and model and self.row._takes_mail_as(model) else None

    def take_in(self):
        """Process the mail, or retry it."""
        row = self.row
        Message = self.env["mail.message"]
        known_as = Domain("message_id", "=", row.key)
        if before := Message.search(known_as, limit=1):
            row._became("ignored", reason=self.env._("Already received"), message=before)
            return row._forget(sender=False)
        source = row._sources().filtered(lambda one: one.name == SOURCE_NAME)[:1].raw or b""
        intake = Intake(mail_source.headers(source), is_released=row.holding == "released")
        how = dict(row.came_with or {})
        thread = self.env["mail.thread"].with_context(leads_intake=intake)
        thread.message_process(how.pop("model", None), mail_source.repaired(source, row.key), **how)
        if message := Message.search(known_as, order="id desc", limit=1):
            return self._record_posted(intake, message)
        if intake.held_because:
            return row._hold(self._held_sentence(intake.held_because))
        if intake.ignored_because:
            return row._became("ignored", reason=intake.ignored_because)
        return row._became("ignored", reason=self.env._("The mail gateway found no recipient or returned the message"))

    def _record_posted(self, intake, message):
        """Record that the mail was posted on a document."""
        document = self.env[message.model].browse(message.res_id) if message.model else None
        lead = self.env["res.partner"]
        if document:
            lead = document if document._name == "res.partner" else document._mail_get_partners()[document.id][:1]
        state = "lead" if intake.is_new_lead else "message"
        return self.row._became(state, lead=lead, message=message, **self.row._links_to(document))

    def _held_sentence(self, why):
        return {
            automatic.BOUNCE: self.env._("An e-mail that could not be delivered was returned"),
            automatic.ANSWER: self.env._("Automatic reply"),
            automatic.NEWSLETTER: self.env._("Newsletter or mailing list"),
            automatic.MACHINE: self.env._("Sent automatically, not about a customer"),
            automatic.SPAM: self.env._("Marked as spam by the mail server"),
        }[why]
