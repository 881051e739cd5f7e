import json
import logging
import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL, email_normalize, html2plaintext
from odoo.tools.mail import email_re

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

_logger = logging.getLogger(__name__)

# Who tells how to reach them does so soon; what comes after so many characters is not looked at.
LONGEST = 2000
# Without the question for a number, only one that is written for abroad is taken for one.
NUMBER_RE = re.compile(r"\+\d[\d ()./-]{6,20}\d")
# Odoo's cookies bar writes JSON, which is no valid value of a cookie: Werkzeug 3.1 leaves such cookies out.
CONSENT_RE = re.compile(r"(?:^|;)\s*website_cookies_bar=(\{[^;{[]*\})")


class DiscussChannel(models.Model):
    """A visitor who speaks in a live chat is a lead.

    What visitors say of themselves is not proven: it makes or fills their own lead, and never changes, nor shows them,
    anything of somebody known.
    """

    _inherit = "discuss.channel"

    leads_partner_id = fields.Many2one(
        "res.partner", string="Lead of the Chat", index="btree_not_null", copy=False, groups="base.group_system"
    )
    leads_lead_id = fields.Many2one(
        "res.partner",
        string="Lead",
        compute="_compute_leads_lead_id",
        groups="im_livechat.im_livechat_group_user",
        help="As far as you may see the lead.",
    )

    @api.depends("leads_partner_id")
    @api.depends_context("uid")
    def _compute_leads_lead_id(self):
        # sudo: discuss.channel - which lead it is; only leads that the user may read are shown
        leads = {chat.id: chat.leads_partner_id.id for chat in self.sudo()}
        seen = set(self.env["res.partner"].browse({nr for nr in leads.values() if nr})._filtered_access("read").ids)
        for chat in self:
            chat.leads_lead_id = leads[chat.id] if leads[chat.id] in seen else False

    @takes(vals=given.values)
    def write(self, vals):
        """A chat that ends is told in the chatter of its lead."""
        # sudo: discuss.channel - which lead it is, whoever ends the chat
        chats = self.sudo()
        ended = chats.browse()
        if vals.get("livechat_end_dt"):
            ended = chats.filtered(lambda chat: chat.leads_partner_id and not chat.livechat_end_dt)
        result = super().write(vals)
        bodies = {}
        for chat in ended:
            bodies.setdefault(chat.leads_partner_id.id, []).append(chat._get_channel_history())
        if bodies:
            # The guest in the context would be the author.
            partners = self.env(su=True, context={})["res.partner"]
            partners.browse(bodies)._message_log_batch(
                bodies={nr: Markup("<br/>").join(parts) for nr, parts in bodies.items()},
                author_id=ended[0].livechat_operator_id.id,
            )
        return result

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self.channel_type == "livechat" and message.message_type == "comment":
            # Public users have no rights on leads, and their context (the guest) is that of the chat alone.
            context = {"lang": self.env.company.partner_id.lang}
            # sudo: discuss.channel - the visitor may post in this chat; nothing of the lead goes back to them
            self.with_env(self.env(su=True, context=context))._leads_hear(message.sudo())
        return result

    def _leads_hear(self, message):
        """Elevated: a message was posted. If it is the visitor's, the lead is made, found, or heard of."""
        author, guest = message.author_id, message.author_guest_id
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
                row._became(**self._leads_heard(message, author, guest))
        except UserError as error:
            # The chat goes on, even where no lead can be made of the visitor.
            _logger.info("No lead of the chat %s: %s", self.id, error)
            row._fail(error)

    def _leads_heard(self, message, author, guest):
        """The visitor said something.

        :returns: what became of it, as :meth:`LeadsAgentReceived._became` takes it
        """
        text = html2plaintext(message.body or "")[:LONGEST].strip()
        purpose = self.env["leads.agent.stop.word"]._purpose(text)
        if purpose == "stop":
            proven = self._leads_proven(author, guest)
            proven._lead_hear(purpose, "chat", text)
            reason = self.env._("Asks to be left alone")
            return {"state": "message" if proven else "ignored", "reason": reason, "lead": proven}
        lead, is_new = self._leads_find_lead(author, guest, text)
        self._leads_proven(author, guest)._lead_hear(purpose, "chat", text)
        if lead != self.leads_partner_id:
            if not self.leads_partner_id:
                self._leads_log_visit(lead)
            self.leads_partner_id = lead
        return {"state": "lead" if is_new else "message", "lead": lead}

    def _leads_proven(self, author, guest):
        """Who speaks, if that is sure: nobody asks on behalf of somebody else. Nobody for visitors who are new."""
        key = f"partner-{author.id}" if author else f"guest-{guest.id}"
        identity = self.env["leads.agent.identity"].search([("channel", "=", "chat"), ("key", "=", key)], limit=1)
        return author or (identity.partner_id if not identity.is_claimed else identity.partner_id.browse())

    def _leads_find_lead(self, author, guest, text):
        """The lead of whoever wrote the text, a signed-in customer or a guest, and whether it was none before."""
        Partner, Identity = self.env["res.partner"], self.env["leads.agent.identity"]
        key = f"partner-{author.id}" if author else f"guest-{guest.id}"
        identity = Identity.search([("channel", "=", "chat"), ("key", "=", key)], limit=1)
        if not identity:
            # Of two first messages at the same moment, one fails here, and Odoo posts it again.
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
            return Partner._lead_by_names("chat", (key,))
        told = self._leads_told(text)
        lead = identity.partner_id
        found = Partner._lead_find(email=told.get("email")) or Partner._lead_find(phone=told.get("phone"))
        if found and found != lead:
            told = {}
            if not identity:
                Identity.create({"partner_id": found.id, "channel": "chat", "key": key, "is_claimed": True})
            elif lead.lead_info == "no_info":
                self._leads_hand_over(lead, found)
        elif identity.is_claimed:
            told = {}
        return Partner._lead_by_names("chat", (key,), **told)

    def _leads_told(self, text):
        """What somebody tells of how to reach them: ``{"email": ..., "phone": ...}``, without what was not told.

        A colleague's e-mail is nobody's.
        """
        told = {}
        if (match := email_re.search(text)) and (email := email_normalize(match.group())):
            told["email"] = email
        asked = self.chatbot_current_step_id.step_type == "question_phone"
        number = text.strip()[:40] if asked else (match.group() if (match := NUMBER_RE.search(text)) else "")
        if number and (phone := self.env["res.partner"]._phone_format(number=number, country=self.country_id)):
            told["phone"] = phone
        colleague = [("email_normalized", "=", told.get("email")), ("partner_share", "=", False)]
        if told.get("email") and self.env["res.partner"].search_count(colleague, limit=1):
            return {}
        return told

    def _leads_hand_over(self, anonymous, lead):
        """Nothing was known of the visitor, who turns out to be a known lead: what they left goes there."""
        self.search([("leads_partner_id", "=", anonymous.id)]).leads_partner_id = lead
        anonymous.lead_visit_ids.partner_id = lead
        anonymous.lead_identity_ids.write({"partner_id": lead.id, "is_claimed": True})
        anonymous.active = False

    def _leads_log_visit(self, lead):
        """With the visitor's consent to optional cookies, keep from where they spoke."""
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
