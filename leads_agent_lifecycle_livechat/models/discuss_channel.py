import json
import logging
import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL, email_normalize, html2plaintext

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.senders import Senders
from odoo.addons.leads_agent_lifecycle.speaking import Speakers
from odoo.addons.leads_agent_lifecycle.stopping import Stopping
from odoo.addons.leads_agent_lifecycle.tools import own_address

_logger = logging.getLogger(__name__)

# Contact details come early in a message; text after this many characters is ignored.
LONGEST = 2000
# Odoo's cookies bar writes JSON, which is not a valid cookie value: Werkzeug 3.1 drops such cookies.
CONSENT_RE = re.compile(r"(?:^|;)\s*website_cookies_bar=(\{[^;{[]*\})")


class DiscussChannel(models.Model):
    """A visitor who writes in a live chat is a lead.

    Details that visitors enter are not verified: they create or complete the visitor's own lead, and never change or
    reveal data of a known contact.
    """

    _inherit = "discuss.channel"

    leads_partner_id = fields.Many2one(
        "res.partner", string="Chat Lead", index="btree_not_null", copy=False, groups="base.group_system"
    )
    # Given by the visitor in this conversation; a correction replaces only these values.
    leads_told_email = fields.Char(copy=False, groups="base.group_system", export_string_translation=False)
    leads_told_phone = fields.Char(copy=False, groups="base.group_system", export_string_translation=False)
    leads_lead_id = fields.Many2one(
        "res.partner",
        string="Lead",
        compute="_compute_leads_lead_id",
        groups="im_livechat.im_livechat_group_user",
        help="Shown only if you can see the lead.",
    )

    @api.depends("leads_partner_id")
    @api.depends_context("uid")
    def _compute_leads_lead_id(self):
        # sudo: discuss.channel - only the lead of the chat; shown if the user may read that lead
        leads = {chat.id: chat.leads_partner_id.id for chat in self.sudo()}
        seen = set(self.env["res.partner"].browse({nr for nr in leads.values() if nr})._filtered_access("read").ids)
        for chat in self:
            chat.leads_lead_id = leads[chat.id] if leads[chat.id] in seen else False

    @takes(vals=given.values)
    def write(self, vals):
        """Log the history of an ended chat on its lead."""
        # sudo: discuss.channel - only the lead of the chat, regardless of who ends it
        chats = self.sudo()
        ended = chats.browse()
        if vals.get("livechat_end_dt"):
            ended = chats.filtered(lambda chat: chat.leads_partner_id and not chat.livechat_end_dt)
        result = super().write(vals)
        bodies = {}
        for chat in ended:
            bodies.setdefault(chat.leads_partner_id.id, []).append(chat._get_channel_history())
        if bodies:
            # Drop the guest from the context, which would become the author.
            partners = self.env(su=True, context={})["res.partner"]
            partners.browse(bodies)._message_log_batch(
                bodies={nr: Markup("<br/>").join(parts) for nr, parts in bodies.items()},
                author_id=ended[0].livechat_operator_id.id,
            )
        return result

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self.channel_type == "livechat" and message.message_type == "comment":
            # Public users have no access to leads, and their context (the guest) belongs to the chat only.
            context = {"lang": self.env.company.partner_id.lang}
            # sudo: discuss.channel - the visitor may post in this chat; no data of the lead is returned
            self.with_env(self.env(su=True, context=context))._leads_handle_message(message.sudo())
        return result

    def _leads_handle_message(self, message):
        """Elevated: handle a posted message; a visitor's message finds, creates or updates the lead."""
        author, guest = message.author_id, message.author_guest_id
        if author and not author.partner_share and author == self.env.user.partner_id:
            self.leads_partner_id._lead_event("spoken", self.env._("Answer sent"))
            return
        visitor = self.livechat_channel_member_history_ids.filtered(
            lambda one: (
                one.livechat_member_type == "visitor"
                and (one.partner_id == author if author else one.guest_id == guest)
            )
        )
        if not visitor or not self.livechat_channel_id.leads_make_leads or (author and not author.partner_share):
            return
        row = self.env["leads.agent.received"]._of_chat(message)
        try:
            with self.env.cr.savepoint():
                row._became(**self._leads_process_message(message, author, guest))
        except UserError as error:
            # The chat continues even if no lead can be created for the visitor.
            _logger.info("No lead of the chat %s: %s", self.id, error)
            row._fail(error)

    def _leads_process_message(self, message, author, guest):
        """Process a message of the visitor.

        :returns: arguments of :meth:`LeadsAgentReceived._became`
        """
        text = html2plaintext(message.body or "")[:LONGEST].strip()
        purpose = self.env["leads.agent.stop.word"]._purpose(text)
        if purpose == "stop":
            proven = self._leads_proven(author, guest)
            Stopping(proven).handle(purpose, "chat", text)
            reason = self.env._("Wants to opt out")
            return {"state": "message" if proven else "ignored", "reason": reason, "lead": proven}
        lead, is_new = self._leads_find_lead(author, guest, text, message)
        Stopping(self._leads_proven(author, guest)).handle(purpose, "chat", text)
        if lead != self.leads_partner_id:
            if not self.leads_partner_id:
                self._leads_log_visit(lead)
            self.leads_partner_id = lead
        return {"state": "lead" if is_new else "message", "lead": lead}

    def _leads_proven(self, author, guest):
        """Return the verified contact of the speaker, who may opt out; empty for new or unverified visitors."""
        key = f"partner-{author.id}" if author else f"guest-{guest.id}"
        identity = self.env["leads.agent.identity"].search([("channel", "=", "chat"), ("key", "=", key)], limit=1)
        return author or (identity.partner_id if not identity.is_claimed else identity.partner_id.browse())

    def _leads_find_lead(self, author, guest, text, message):
        """Return the lead of the author, a signed-in customer or a guest, and whether it was not a lead before."""
        speakers, Identity = Speakers(self.env), self.env["leads.agent.identity"]
        key = f"partner-{author.id}" if author else f"guest-{guest.id}"
        identity = Identity.search([("channel", "=", "chat"), ("key", "=", key)], limit=1)
        if not identity:
            # Of two first messages at the same time, one conflicts here, and Odoo retries it.
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date WHERE id = %s",
                    SQL.identifier((author or guest)._table),
                    (author or guest).id,
                )
            )
        if author:
            if not identity:
                Identity.create({"partner_id": author.id, "channel": "chat", "key": key})
            return speakers.by_names("chat", (key,))
        details, corrects = self._leads_contact_details(text, self._leads_previous_text(message))
        if corrects:
            identity = self._leads_correct(identity, details)
        lead, claimed = identity.partner_id, identity.is_claimed
        found = speakers.find(email=details.get("email")) or speakers.find(phone=details.get("phone"))
        self.write({f"leads_told_{field}": value for field, value in details.items()})
        if found and found != lead:
            details, claimed = {}, True
            if not identity:
                Identity.create({"partner_id": found.id, "channel": "chat", "key": key, "is_claimed": True})
            elif lead.lead_info == "no_info":
                self._leads_hand_over(lead, found)
        elif claimed:
            details = {}
        return speakers.by_names("chat", (key,), fills_gaps=not claimed, **details)

    def _leads_previous_text(self, message):
        """Return the previous message of the same visitor."""
        own = Domain("author_guest_id", "=", message.author_guest_id.id) & Domain("message_type", "=", "comment")
        own &= Domain("model", "=", self._name) & Domain("res_id", "=", self.id) & Domain("id", "<", message.id)
        before = self.env["mail.message"].search(own, order="id desc", limit=1)
        return html2plaintext(before.body or "")[:LONGEST].strip()

    def _leads_contact_details(self, text, before):
        """Return contact details given by the visitor, and whether they replace earlier ones.

        Addresses and numbers of ours, of colleagues and of own companies are ignored.

        :returns: ``{"email": ..., "phone": ...}`` without missing values, and a boolean
        """
        said = own_address.read_own(text, before)
        step = self.chatbot_current_step_id.step_type
        email = email_normalize(said.email) or (step == "question_email" and email_normalize(text)) or ""
        number = text.strip()[:40] if step == "question_phone" else said.phone
        phone = number and self.env["res.partner"]._phone_format(number=number, country=self.country_id)
        details = {field: value for field, value in (("email", email), ("phone", phone)) if value}
        if (email and Senders(self.env).our_emails([email])) or (phone and Speakers(self.env).our_numbers([phone])):
            return {}, False
        slips = said.is_bare and any(
            own_address.is_alike(value, self[f"leads_told_{field}"] or "") for field, value in details.items()
        )
        return details, said.corrects or slips

    def _leads_correct(self, identity, details):
        """Remove details given earlier in this conversation that the visitor corrects.

        The contact with the wrong address is not the visitor, and does not change.

        :returns: the visitor's identity; empty if it was based on the wrong address
        """
        before = {field: self[f"leads_told_{field}"] for field in details}
        wrong = {field: value for field, value in before.items() if value and value != details[field]}
        if wrong and identity.is_claimed:
            identity.unlink()
            return identity.browse()
        lead = identity.partner_id
        values = {field: False for field, value in wrong.items() if lead[field] == value}
        if values and not lead.user_ids:
            if lead.name in wrong.values():
                values["lead_is_anonymous"] = True
            lead.write(values)
        return identity

    def _leads_hand_over(self, anonymous, lead):
        """Move the records of an anonymous visitor to the known lead that the visitor turned out to be."""
        self.search([("leads_partner_id", "=", anonymous.id)]).leads_partner_id = lead
        anonymous.lead_visit_ids.partner_id = lead
        anonymous.lead_identity_ids.write({"partner_id": lead.id, "is_claimed": True})
        anonymous.active = False

    def _leads_log_visit(self, lead):
        """Record the visitor's device and page, if they consented to optional cookies."""
        if not self._leads_consent():
            return
        agent = request.httprequest.user_agent
        self.env["leads.agent.visit"].create(
            {
                "partner_id": lead.id,
                "channel": "chat",
                "device": agent.platform,
                "browser": agent.browser,
                "page": (request.httprequest.referrer or "")[:LONGEST] or False,
                "country_id": self.country_id.id,
            }
        )

    def _leads_consent(self):
        """Whether the visitor accepted optional cookies."""
        given = CONSENT_RE.search(request.httprequest.headers.get("Cookie", "")) if request else None
        try:
            return bool(given) and json.loads(given[1]).get("optional") is True
        except ValueError:
            return False
