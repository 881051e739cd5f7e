import hashlib
import json
from dataclasses import replace
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.leads_agent_channel.models.leads_agent_received import KEPT_DAYS

from ..arrivals import Arrivals
from ..speaking import Speakers
from ..stopping import Stopping
from ..tools import meta
from .leads_agent_history import Answers

TOKEN = "leads_agent_lifecycle.meta_verify_token"
SECRET = "leads_agent_lifecycle.meta_app_secret"
MOST_PER_MINUTE = 600


class LeadsAgentInbound(models.AbstractModel):
    """Messages from the webhook of WhatsApp, Messenger and Instagram. Each is processed once, independently.

    The channels resend unconfirmed messages for days, and in any order. The result of each message is recorded in
    :class:`LeadsAgentReceived`.
    """

    _name = "leads.agent.inbound"
    _description = "Channel Messages"

    @api.model
    def _is_subscriber(self, token):
        """Elevated: whether the token equals the one in the settings."""
        return meta.is_same(token, self._setting(TOKEN))

    @api.model
    def _receive(self, body, signature):
        """Elevated: process a request to the webhook. All messages are recorded first; each fails independently.

        :param bytes body: as it was signed
        :param str signature: the header with the signature
        :returns: the HTTP status of the response; on 429 the channel sends the request again
        :rtype: int
        """
        if not meta.is_signed(body, signature, self._setting(SECRET)):
            return 403
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        Received = self.env["leads.agent.received"]
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        channels = [*meta.CHANNELS.values(), "other"]
        lately = Domain("create_date", ">", since) & Domain("channel", "in", channels)
        if Received.search_count(lately, limit=MOST_PER_MINUTE) >= MOST_PER_MINUTE:
            return 429
        arrivals = [self._arrival(said) for said in meta.said(payload)]
        if arrivals:
            Received.browse(Received._arrive(arrivals))._take_in_apart()
        return 200

    @api.model
    def _arrival(self, said):
        """Return the values of one message for :meth:`LeadsAgentReceived._arrive`."""
        return {
            "channel": said.channel,
            "key": said.key,
            "about": said.about if said.what in ("edit", "withdrawal") else None,
            "email_from": said.sender,
            "company_id": self._company_of(said).id,
            "body": json.dumps(said.payload),
        }

    @api.model
    def _company_of(self, said):
        """Hook: return the company to which a message was sent.

        :param Said said: the message
        """
        return self.env.company

    @api.model
    def _profile_of(self, said):
        """Hook: return more values for the contact of a new lead."""
        return {}

    @api.model
    def _take_in_all(self, pairs):
        """Process messages in order, after creating leads for all unknown senders at once.

        :param pairs: each row with its events
        """
        ours = Speakers(self.env).our_numbers({one.phone for _row, saids in pairs for one in saids if one.phone})
        changes = self._changes([one for _row, saids in pairs for one in saids])
        posted = self._posted([one for _row, saids in pairs for one in saids])
        created_ids = Speakers(self.env).create_unknown(
            [
                self._sender(one)
                for _row, saids in pairs
                for one in saids
                if self._may_create_lead(one, changes)
                and self._message_key(one) not in posted
                and one.phone not in ours
            ]
        )
        answers = Answers()
        inbound = self.with_context(leads_answers=answers)
        for row, saids in pairs:
            for said in saids:
                if said.phone in ours:
                    row._became("ignored", reason=self.env._("From one of our numbers"))
                elif before := posted.get(self._message_key(said)):
                    row._became("ignored", reason=self.env._("Already received"), lead=before.author_id, message=before)
                else:
                    row._became(**inbound._take_in(said, row, changes, created_ids))
        authors = self.env["res.partner"].browse(sorted(answers.author_ids))
        arrivals = Arrivals(authors)
        arrivals.note(self.env._("Answer received"))
        for channel in {row.channel for row, _saids in pairs}:
            arrivals.notify(channel)

    @api.model
    def _take_in(self, said, row, changes, created_ids):
        """Process one event: find or create the lead, and post the message.

        :param changes: rows that edit or withdraw messages, by the key of the message
        :param set created_ids: IDs of new leads without a message
        :returns: arguments of :meth:`LeadsAgentReceived._became`
        """
        if said.what == "unreadable":
            return {"state": "failed", "reason": self.env._("Empty cells for: %s", said.about)}
        if self._is_old(said):
            return {"state": "ignored", "reason": self.env._("Sent more than %s days ago", KEPT_DAYS)}
        if said.what == "notice":
            return {"state": "ignored", "reason": self.env._("Not a message: %s", said.about)}
        if said.what in ("edit", "withdrawal"):
            return self._change(said)
        if said.what == "moved":
            return Speakers(self.env).change_names(said)
        return self._take_message(said, row, changes, created_ids)

    @api.model
    def _message_key(self, said):
        """Return the Message-Id for the chatter, which identifies the message after its row is deleted."""
        digest = hashlib.sha256(f"{said.channel}\n{said.key}".encode()).hexdigest()
        return f"<{digest[:40]}@{said.channel}.leads-agent>"

    @api.model
    def _posted(self, saids):
        """Return messages already in the chatter by Message-Id, from an earlier installation of the addon."""
        keys = [self._message_key(one) for one in saids]
        posted = self.env["mail.message"].search_fetch([("message_id", "in", keys)], ["message_id", "author_id"])
        return {message.message_id: message for message in posted}

    @api.model
    def _is_old(self, said):
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        return bool(said.at) and self._sent_at(said) <= oldest

    @api.model
    def _may_create_lead(self, said, changes):
        """Whether the sender of this message becomes a lead."""
        is_heard = said.what == "message" and not said.choice and not self._is_old(said)
        return is_heard and not changes.get(said.key) and self._purpose(said) != "stop"

    @api.model
    def _purpose(self, said):
        return said.choice or self.env["leads.agent.stop.word"]._purpose(said.text)

    @api.model
    def _sender(self, said):
        """Return the sender of an event, as arguments of :meth:`Speakers.by_names`."""
        return said.channel, said.called, {"name": said.name, "phone": said.phone}

    @api.model
    def _take_message(self, said, row, changes, created_ids):
        """Process a message, or a choice in the settings of the channel."""
        changed = self._changed_already(said, changes)
        if changed == "withdrawal":
            row._forget()
            return {"state": "ignored", "reason": self.env._("Deleted by the sender before it arrived")}
        said = changed or said
        purpose = self._purpose(said)
        channel, names, known = self._sender(said)
        # The message posted below is the answer.
        shows_interest = not said.choice and purpose != "stop"
        profile = self._profile_of(said)
        lead, is_new = Speakers(self.env).by_names(
            channel, names, shows_interest=shows_interest, is_answer=False, **known, **profile
        )
        if lead.id in created_ids:
            created_ids.remove(lead.id)
            lead.write(profile)
            is_new = True
        if is_new:
            Speakers(self.env).set_origin(lead, said.source, said.campaign)
        identities = lead.lead_identity_ids.filtered(lambda one: one.channel == said.channel)
        Stopping(lead).handle(purpose, said.channel, said.text, identity=identities, at=self._sent_at(said))
        became = {"state": "lead" if is_new and lead.lead_stage_id else "message", "lead": lead}
        if said.choice:
            return became
        message = lead.message_post(
            author_id=lead.id,
            body=plaintext2html(said.text if purpose else self._words(said)),
            date=min(fields.Datetime.now(), self._sent_at(said)),
            email_from=lead.email_formatted,
            message_id=self._message_key(said),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return became | {"message": message}

    @api.model
    def _changes(self, saids):
        """Return the rows that edit or withdraw messages, by the keys of the messages."""
        found = {}
        about = Domain("about", "in", [one.key for one in saids]) & Domain("body", "!=", False)
        for row in self.env["leads.agent.received"].search_fetch(about, ["channel", "about", "body"]):
            found.setdefault(row.about, []).append(row)
        return found

    @api.model
    def _changed_already(self, said, changes):
        """Return the changed content if the change of a message arrived before the message.

        :returns: the message with its new text, ``withdrawal``, or None
        """
        rows = [row for row in changes.get(said.key, ()) if row.channel == said.channel and row.body]
        changes = [one for row in rows for one in meta.said(json.loads(row.body)) if one.called == said.called]
        if any(one.what == "withdrawal" for one in changes):
            return "withdrawal"
        if not changes:
            return None
        newest = max(changes, key=lambda one: one.at)
        return replace(said, text=newest.text, things=newest.things or said.things)

    @api.model
    def _change(self, said):
        """Replace or remove the text of an earlier message. It does not count as an answer."""
        Received = self.env["leads.agent.received"]
        original = Received.search(Domain("channel", "=", said.channel) & Domain("key", "=", said.about), limit=1)
        lead = self._lead_of(said)
        if original.message_id and original.partner_id != lead:
            return {"state": "ignored", "reason": self.env._("About somebody else's message")}
        if said.what == "withdrawal":
            original._forget()
            earlier = Domain("channel", "=", said.channel) & Domain("about", "=", said.about)
            Received.search(earlier & Domain("key", "!=", said.key))._forget()
        if not original.message_id:
            return {"state": "ignored", "reason": self.env._("About a message that we do not have")}
        if said.what == "withdrawal":
            body = plaintext2html(self.env._("(deleted by the sender)"))
            original.message_id.write({"body": body})
            return {"state": "ignored", "reason": self.env._("A message was deleted by the sender"), "lead": lead}
        original.message_id.write({"body": plaintext2html(self._words(said))})
        purpose = self.env["leads.agent.stop.word"]._purpose(said.text)
        identities = lead.lead_identity_ids.filtered(lambda one: one.channel == said.channel)
        Stopping(lead).handle(purpose, said.channel, said.text, identity=identities, at=self._sent_at(said))
        return {"state": "ignored", "reason": self.env._("A message was edited"), "lead": lead}

    @api.model
    def _lead_of(self, said):
        """Return the lead with one of the sender's names on the channel; empty if unknown."""
        named = Domain("channel", "=", said.channel) & Domain("key", "in", said.called)
        return self.env["leads.agent.identity"].search(named, limit=1).partner_id

    @api.model
    def _words(self, said):
        """Return the text for the chatter: the message, then a line per attachment or other item."""
        labels = self._thing_labels()
        lines = []
        for kind, detail in said.things:
            label = labels.get(kind) or labels["other"]
            lines.append(f"[{label}: {detail}]" if detail else f"[{label}]")
        return "\n".join(filter(None, (said.text, *lines))) or self.env._("(sent no text)")

    @api.model
    def _thing_labels(self):
        return {
            "answer": self.env._("Form"),
            "audio": self.env._("Audio"),
            "call_permission": self.env._("Permission to call"),
            "cart": self.env._("Cart"),
            "contact": self.env._("Contact card"),
            "document": self.env._("File"),
            "form": self.env._("Form"),
            "image": self.env._("Picture"),
            "link": self.env._("Link"),
            "location": self.env._("Place"),
            "origin": self.env._("Came from"),
            "option": self.env._("Choice"),
            "other": self.env._("Content not shown"),
            "pressed": self.env._("Pressed a button"),
            "product": self.env._("Product"),
            "sticker": self.env._("Sticker"),
            "story_mention": self.env._("Mentioned you in a story"),
            "story_reply": self.env._("Reply to your story"),
            "unsupported": self.env._("Not supported by the channel"),
            "video": self.env._("Video"),
            "voice": self.env._("Voice message"),
        }

    @api.model
    def _sent_at(self, said):
        """Return when a message was sent, in UTC; messages may arrive out of order."""
        return datetime.fromtimestamp(said.at, timezone.utc).replace(tzinfo=None)

    @api.model
    def _setting(self, name):
        # sudo: ir.config_parameter - only compared with a request, never shown
        return self.env["ir.config_parameter"].sudo().get_param(name) or ""
