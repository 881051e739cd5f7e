import json
import logging
from datetime import datetime, timedelta, timezone

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, plaintext2html

from ..tools import meta
from .res_partner import CHANNELS

_logger = logging.getLogger(__name__)

TOKEN = "leads_agent_lifecycle.meta_verify_token"
SECRET = "leads_agent_lifecycle.meta_app_secret"
MOST_PER_MINUTE = 600
# For so long a message is known by its key; what was sent before is no news.
KEPT_DAYS = 30


class LeadsAgentInbound(models.Model):
    """A message that came by WhatsApp, Messenger or Instagram: known by its key, so that it is taken in once.

    The channels send again what was not answered, for days, and in any order.
    """

    _name = "leads.agent.inbound"
    _description = "Message from a Channel"
    _order = "id desc"
    _rec_name = "key"

    channel = fields.Selection(CHANNELS, required=True)
    key = fields.Char(required=True)

    _once = models.UniqueIndex("(channel, key)", "This message has come already.")
    _newest = models.Index("(create_date)")

    @api.model
    def _is_subscriber(self, token):
        """Elevated: whether somebody knows the token that the settings name."""
        return meta.is_same(token, self._setting(TOKEN))

    @api.model
    def _receive(self, body, signature):
        """Elevated: take in what a webhook brings. A message that fails loses itself alone, and is in the log.

        :param bytes body: as it was signed
        :param str signature: the header of it
        :returns: the HTTP status to answer; the channel sends again for 429
        :rtype: int
        """
        if not meta.is_signed(body, signature, self._setting(SECRET)):
            return 403
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        now = fields.Datetime.now()
        if self.search_count([("create_date", ">", now - timedelta(minutes=1))], limit=MOST_PER_MINUTE) >= (
            MOST_PER_MINUTE
        ):
            return 429
        oldest = now - timedelta(days=KEPT_DAYS)
        for said in meta.said(payload):
            if self._sent_at(said) > oldest:
                self._take_in_safely(said)
        return 200

    @api.model
    def _take_in_safely(self, said):
        try:
            with self.env.cr.savepoint():
                self._take_in(said)
        except psycopg2.OperationalError:
            # Another worker changed the same lead: Odoo tries the whole request again.
            raise
        except psycopg2.errors.UniqueViolation as error:
            # Another worker met the same person in this very moment. Tried again, they are known.
            raise ConcurrencyError(str(error)) from error
        except Exception:
            _logger.exception("A message of %s could not be taken in: %s", said.channel, said.key)

    @api.model
    def _take_in(self, said):
        """Find or make the lead, and let them say it; nothing for a message that has come already.

        :param meta.Said said: the message
        """
        news = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_inbound (channel, key, create_uid, create_date, write_uid, write_date)
                     VALUES (%(channel)s, %(key)s, %(uid)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT (channel, key) DO NOTHING RETURNING id
                """,
                channel=said.channel,
                key=said.key,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        if not news:
            return
        purpose = said.choice or self.env["leads.agent.stop.word"]._purpose(said.text)
        lead = self.env["res.partner"]._lead_from_channel(
            said.channel, said.sender, name=said.name, phone=said.phone, wakes=not said.choice and purpose != "stop"
        )
        identity = lead.lead_identity_ids.filtered(lambda one: (one.channel, one.key) == (said.channel, said.sender))
        lead._lead_hear(purpose, said.channel, said.text, identity=identity, at=self._sent_at(said))
        if said.choice:
            return
        lead.message_post(
            author_id=lead.id,
            body=plaintext2html(said.text if purpose else self._words(said)),
            date=min(fields.Datetime.now(), self._sent_at(said)),
            email_from=lead.email_formatted,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _words(self, said):
        """What stands in the chatter: the text, then a line for each thing that was sent."""
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
            "option": self.env._("Choice"),
            "other": self.env._("Not shown here"),
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
        """When a message was sent: it may come later than the next one."""
        return datetime.fromtimestamp(said.at, timezone.utc).replace(tzinfo=None)

    @api.model
    def _setting(self, name):
        # sudo: ir.config_parameter - compared with what a request brings, never shown
        return self.env["ir.config_parameter"].sudo().get_param(name) or ""

    @api.autovacuum
    def _gc_old(self):
        """Forget the keys of messages that would be too old to be taken in."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS + 1)
        self.search([("create_date", "<", before)], limit=10_000).unlink()
