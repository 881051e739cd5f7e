from odoo import SUPERUSER_ID, api, models

from ..arrivals import Arrivals
from ..stopping import Stopping

# Types of messages that people send; not mass mailings and notifications.
BY_HAND = ("comment", "email", "sms")


class Answers:
    """Collects the authors of many messages, to handle their answers as one event afterwards.

    It is passed in the context; no client can send such an object.
    """

    def __init__(self):
        self.author_ids = set()

    @staticmethod
    def of(env):
        answers = env.context.get("leads_answers")
        return answers if isinstance(answers, Answers) else None


class LeadsAgentHistory(models.Model):
    _inherit = "leads.agent.history"

    @api.model
    def _log_messages(self, messages, documents):
        """Handle messages between leads and us.

        A message by a lead is an answer, unless it asks us to stop; a message by a user answers the lead. Stop words in
        mails are handled here.
        """
        result = super()._log_messages(messages, documents)
        authors = answered = self.env["res.partner"]
        for message, (model, res_id) in zip(messages, documents, strict=True):
            author, is_mail = message.author_id, message.message_type == "email"
            if is_mail and not res_id:
                # A mail without a text is not in the history, but its subject may be a stop word.
                model, res_id = message.model, message.res_id
            if model not in ("res.partner", "sale.order") or not res_id or not author:
                continue
            if self._lead_is_contacted(message):
                answered |= self.env[model].browse(int(res_id))._leads_customer()
            elif author.partner_share:
                customer = self.env[model].browse(int(res_id))._leads_customer()
                if author.commercial_partner_id == customer and not self._lead_is_no_answer(message, is_mail):
                    authors |= author
        answered._lead_event("spoken", self.env._("Answer sent"))
        Arrivals(authors).activate()
        if answers := Answers.of(self.env):
            answers.author_ids.update(authors.ids)
        else:
            authors._lead_event("answer", self.env._("Answer received"))
        return result

    @api.model
    def _lead_is_contacted(self, message):
        """Whether a user writes to a customer or called; not for notes or automatic messages."""
        # Compared by the ID of the subtype, to avoid reading more.
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        is_call = message.mail_activity_type_id.category == "phonecall"
        if not is_call and (message.message_type not in BY_HAND or message.subtype_id.id in (note, False)):
            return False
        if message.author_id.partner_share:
            return False
        # Odoo uses a salesperson as author of messages by jobs and visitors; mails come from the gateway.
        is_own = message.author_id == self.env.user.partner_id and self.env.uid != SUPERUSER_ID
        is_own = is_own or message.message_type == "email"
        return is_call or (is_own and self._kind_of(message) == "message")

    @api.model
    def _lead_is_no_answer(self, message, is_mail):
        """Whether a lead asks us to stop, or the message is empty: neither is an answer."""
        Word, author = self.env["leads.agent.stop.word"], message.author_id
        if not is_mail:
            return Word._purpose_of(message.body) == "stop" and Stopping(author).is_stopped()
        text = Word._words_of_mail(message.body, message.subject)
        purpose = Word._purpose(text)
        Stopping(author).handle(purpose, "mail", text)
        return purpose == "stop" or not message.body
