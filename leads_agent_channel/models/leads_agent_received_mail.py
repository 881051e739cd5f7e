import json

from odoo import api, models
from odoo.fields import Domain

from ..tools import automatic, mail_source, reading

SOURCE_NAME = "mail.eml"


class Intake:
    """A mail that is being taken in: what is known of it, and what became of it.

    The gateway carries it in the context, where no client can put one.
    """

    def __init__(self, mail, is_released):
        self.mail = mail
        self.is_released = is_released
        self.is_new_lead = False
        self.held_because = ""
        # A sentence, when it is nobody's.
        self.ignored_because = ""

    @staticmethod
    def of(env):
        intake = env.context.get("leads_intake")
        return intake if isinstance(intake, Intake) else None

    def why_held(self, subject, body):
        """Why nobody shall be woken by it: a constant of :mod:`automatic`, nothing when a person wrote it."""
        if self.is_released:
            return ""
        return automatic.why(self.mail, subject, reading.plain_text(body, f"Fwd: {subject}"))


class LeadsAgentReceived(models.Model):
    """Mail that makes leads, or answers what was written to them: Odoo's gateway takes it in."""

    _inherit = "leads.agent.received"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _mail_arrival(self, source, model, **how):
        """Elevated: the values of :meth:`_arrive` for a mail.

        :param bytes source: as the mail server handed it over
        :param how: what else the gateway was told
        :returns: nothing for mail that is no business of leads
        """
        mail = mail_source.headers(source)
        company = self._mail_company(mail, model)
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

    @api.model
    def _mail_company(self, mail, model):
        """The company whose leads write a mail: by the alias, by what it answers, by the server that fetched it."""
        recipients = mail_source.recipients(mail)
        local = Domain("alias_name", "in", [one.partition("@")[0] for one in recipients])
        local &= Domain("alias_incoming_local", "=", True)
        aliases = self.env["mail.alias"].search(Domain("alias_full_name", "in", recipients) | local)
        for alias in aliases:
            if alias._leads_takes_mail():
                return alias._leads_company()
        if references := mail_source.references(mail):
            about = self.env["mail.message"].search([("message_id", "in", references)], order="id desc", limit=1)
            if about.res_id and (document := self._lead_document(about.model, about.res_id)):
                return document.company_id or self.env.company
        return self.env.company if not aliases and model and self._takes_mail_as(model) else None

    @api.model
    def _takes_mail_as(self, model):
        """Whether mail that is fetched for a model is about leads."""
        return False

    @api.model
    def _lead_document(self, model, res_id):
        """The document, when answers to it come from leads; nothing otherwise."""
        return None

    def _take_in(self):
        mails = self.filtered(lambda row: row.channel == "mail")
        for row in mails:
            row._take_in_mail()
        return super(LeadsAgentReceived, self - mails)._take_in()

    def _take_in_mail(self):
        Message = self.env["mail.message"]
        known_as = Domain("message_id", "=", self.key)
        if before := Message.search(known_as, limit=1):
            self._became("ignored", reason=self.env._("Came before"), message=before)
            return self._forget(sender=False)
        source = self._sources().filtered(lambda one: one.name == SOURCE_NAME)[:1].raw or b""
        intake = Intake(mail_source.headers(source), is_released=self.holding == "released")
        how = dict(self.came_with or {})
        thread = self.env["mail.thread"].with_context(leads_intake=intake)
        thread.message_process(how.pop("model", None), mail_source.repaired(source, self.key), **how)
        if message := Message.search(known_as, order="id desc", limit=1):
            return self._became_mail(intake, message)
        if intake.held_because:
            return self._hold(self._held_sentence(intake.held_because))
        if intake.ignored_because:
            return self._became("ignored", reason=intake.ignored_because)
        return self._became("ignored", reason=self.env._("The mail gateway found nobody for it, or sent it back"))

    def _became_mail(self, intake, message):
        """The mail stands on a document."""
        document = self.env[message.model].browse(message.res_id) if message.model else None
        lead = self.env["res.partner"]
        if document:
            lead = document if document._name == "res.partner" else document._mail_get_partners()[document.id][:1]
        state = "lead" if intake.is_new_lead else "message"
        return self._became(state, lead=lead, message=message, **self._links_to(document))

    @api.model
    def _links_to(self, document):
        """More values of the row of a mail that stands on a document."""
        return {}

    @api.model
    def _held_sentence(self, why):
        return {
            automatic.BOUNCE: self.env._("A mail that could not be delivered came back"),
            automatic.ANSWER: self.env._("An automatic answer"),
            automatic.NEWSLETTER: self.env._("A newsletter or a mailing list"),
            automatic.MACHINE: self.env._("Sent by a machine, about nobody"),
            automatic.SPAM: self.env._("Spam, says the mail server"),
        }[why]
