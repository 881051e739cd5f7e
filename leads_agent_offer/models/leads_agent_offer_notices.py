import logging
from datetime import timedelta
from typing import NamedTuple

import psycopg2
from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime, html2plaintext
from odoo.tools.misc import babel_locale_parse

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link

_logger = logging.getLogger(__name__)

TOLD_AT_ONCE = 100
# Offers in the menu bar: more than anybody answers by hand.
MOST_SHOWN = 100
LONGEST_ERROR = 300
MOST_ERRORS = 10


class Channels(NamedTuple):
    """How an agent is told: in Odoo, by e-mail, by text message; and another address for copies."""

    by_app: bool = True
    by_email: bool = True
    by_sms: bool = False
    forward_email: str | bool = False


class LeadsAgentOffer(models.Model):
    """Telling agents: of an offer at once, of all details after acceptance; each once, by the channels they chose.

    Nothing that is told before acceptance comes from the contact: tags, hint, city, value band and deadline only. Mails
    and text messages are queued, so that a server that is down delays nobody's offer; what became of them is written
    down in ``tell_error``.
    """

    _inherit = "leads.agent.offer"  # pylint: disable=consider-merging-classes-inherited

    told_at = fields.Datetime(string="Told On", readonly=True, copy=False)
    copied_at = fields.Datetime(
        string="Copy Sent On", readonly=True, copy=False, help="When the agent got all details of the accepted lead."
    )
    tell_error = fields.Text(
        string="Could Not Be Told", readonly=True, copy=False, help="Which message did not reach the agent, and why."
    )

    _to_tell = models.Index("(id) WHERE told_at IS NULL AND state = 'offered'")
    _to_copy = models.Index("(answered_at) WHERE copied_at IS NULL AND state = 'accepted'")

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_tell(self):
        """Tell agents of new offers, and send the details of accepted leads. Safe to run again."""
        # What was answered until now is known from here on: nobody is told of an offer that is over.
        self.env["ir.cron"]._commit_progress()
        # sudo: leads.agent.offer - a job for everybody
        offers = self.sudo()
        for tell in (offers._tell_offered, offers._tell_accepted):
            while count := tell(TOLD_AT_ONCE):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == TOLD_AT_ONCE)):
                    return

    @api.model
    def _tell_offered(self, limit):
        """Elevated: tell the agents of some offers that nobody was told of.

        They are marked first and rows of another worker are left to it: nobody is told twice.

        :returns: how many there were
        """
        now = fields.Datetime.now()
        offers = self._claimed(
            SQL(
                """
                UPDATE leads_agent_offer SET told_at = %(now)s
                 WHERE id IN (SELECT id FROM leads_agent_offer
                               WHERE told_at IS NULL AND state = 'offered' AND (deadline IS NULL OR deadline > %(now)s)
                            ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
             RETURNING id
                """,
                now=now,
                limit=limit,
            )
        )
        template = self.env.ref("leads_agent_offer.mail_template_offer", raise_if_not_found=False)
        channels = self._channels(offers.agent_id)
        # Without content: the client asks for what the agent may know.
        told = offers.agent_id.filtered(lambda agent: channels[agent.id].by_app)
        told._bus_send("leads_agent_offer/offered", {})
        by_email = offers.filtered(lambda offer: channels[offer.agent_id.id].by_email)
        by_email._attempt(lambda these: these._send_mail(template))
        by_sms = offers.filtered(lambda offer: channels[offer.agent_id.id].by_sms)
        by_sms._attempt(lambda these: these._send_sms(lambda offer: offer._offer_text()))
        return len(offers)

    @api.model
    def _tell_accepted(self, limit):
        """Elevated: send the details of some accepted leads, if the agent may still see them.

        :returns: how many there were
        """
        now = fields.Datetime.now()
        offers = self._claimed(
            SQL(
                """
                UPDATE leads_agent_offer SET copied_at = %(now)s
                 WHERE id IN (SELECT id FROM leads_agent_offer
                               WHERE copied_at IS NULL AND state = 'accepted'
                                 AND answered_at >= %(now)s::timestamp - INTERVAL '1 day'
                            ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
             RETURNING id
                """,
                now=now,
                limit=limit,
            )
        )
        template = self.env.ref("leads_agent_offer.mail_template_accepted", raise_if_not_found=False)
        channels = self._channels(offers.agent_id)
        in_sight = offers.filtered(lambda offer: offer._accepted_lead())
        by_email = in_sight.filtered(lambda offer: channels[offer.agent_id.id].by_email)
        by_email._attempt(lambda these: these._send_mail(template))
        by_sms = in_sight.filtered(lambda offer: channels[offer.agent_id.id].by_sms)
        by_sms._attempt(lambda these: these._send_sms(lambda offer: offer._details_text()))
        for address, these in in_sight.grouped(lambda offer: channels[offer.agent_id.id].forward_email).items():
            if address:
                these._attempt(lambda those, address=address: those._send_mail(template, address))
        return len(offers)

    @api.model
    def _claimed(self, query):
        self.flush_model(["state", "deadline", "answered_at", "told_at", "copied_at"])
        rows = self.env.execute_query(query)
        self.invalidate_model(["told_at", "copied_at"])
        return self.browse(sorted(row[0] for row in rows))

    @api.model
    def _channels(self, agents):
        """:returns: ``{user_id: Channels}``; who has no profile is told in Odoo and by e-mail"""
        profiles = self.env["leads.agent.profile"]._of(agents)
        return {
            agent.id: Channels(profile.by_app, profile.by_email, profile.by_sms, profile.forward_email)
            if (profile := profiles.get(agent.id))
            else Channels()
            for agent in agents
        }

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _attempt(self, send):
        """Send messages, all at once; if that fails, one by one, and the offers whose message fails go on and say so.

        :param send: a function of offers
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                send(self)
        except psycopg2.OperationalError:
            # Not the message's fault: the transaction starts anew.
            raise
        except Exception as error:
            if len(self) > 1:
                for offer in self:
                    offer._attempt(send)
                return
            _logger.info("Offer %s: a message could not be made.", self.id, exc_info=True)
            self._note_untold(self.env._("A message could not be made: %s", error))

    def _note_untold(self, sentence):
        """Write down what did not reach the agent."""
        for offer in self:
            line = " ".join(str(sentence).split())[:LONGEST_ERROR]
            lines = [*(offer.tell_error or "").splitlines(), line][-MOST_ERRORS:]
            offer.tell_error = "\n".join(dict.fromkeys(lines))

    def _send_mail(self, template, address=None):
        """Queue a mail to the agent of each offer, or to another address. Queries do not grow with the offers.

        The mails hang on no document: their text is for the recipient, not for whoever may read the offer.
        """
        if not template:
            return
        reachable = self if address else self.filtered("agent_id.email_normalized")
        for offer in self - reachable:
            offer._note_untold(self.env._("%s has no e-mail address.", offer.agent_id.name))
        values = {"model": False, "res_id": False}
        if address:
            values |= {"recipient_ids": [], "email_to": address}
        for zone, offers in reachable.grouped(lambda offer: offer.agent_id.tz).items():
            mails = template.with_context(tz=zone).send_mail_batch(offers.ids, email_values=values)
            for offer, mail in zip(offers, mails, strict=True):
                mail.leads_offer_id = offer
        if reachable:
            # The queue is emptied once an hour, which is too late for an offer.
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _send_sms(self, text):
        """Queue a text message to the agent of each offer.

        :param text: a function that says of an offer what to write
        """
        rows = []
        for offer in self:
            agent = offer.agent_id
            if number := agent.partner_id._phone_format(fname="phone"):
                rows.append(
                    {
                        "partner_id": agent.partner_id.id,
                        "number": number,
                        "body": text(offer),
                        "leads_offer_id": offer.id,
                    }
                )
            else:
                offer._note_untold(self.env._("%s has no phone number for text messages.", agent.name))
        self.env["sms.sms"].create(rows)

    # ------------------------------------------------------------------
    # What messages and the page say
    # ------------------------------------------------------------------

    def _in_words_of_agent(self):
        """The offer as its agent reads it: language, time zone, company, author of what is written."""
        self.ensure_one()
        agent = self.agent_id
        # sudo: leads.agent.offer - as before: whoever calls this has come by the agent's link or is the job
        offer = self.with_user(agent).sudo().with_context(lang=agent.lang, tz=agent.tz)
        return offer.with_company(offer.company_id) if offer.company_id in agent.company_ids else offer

    def _offer_url(self, answer=None):
        """Where the agent answers the offer: in Odoo, or on a page of another addon.

        :param answer: ``accept`` or ``decline``: what such a page has at hand
        """
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/leads-offers/{self.id}"

    def _moment_text(self, moment):
        """A moment on the agent's clock, with the name of the clock."""
        zone = self.agent_id.tz or "UTC"
        return moment and f"{format_datetime(self.env, moment, tz=zone, dt_format='short')} ({zone})"

    def _deadline_text(self):
        return self._moment_text(self.deadline)

    def _seconds_left(self):
        """How long the offer can still be answered; None: without end."""
        self.ensure_one()
        return max(0, int((self.deadline - fields.Datetime.now()).total_seconds())) if self.deadline else None

    def _lead_age_text(self):
        """How long ago the lead came in, as one says it: "3 hours ago"."""
        self.ensure_one()
        if not self.lead_since:
            return ""
        age = max(fields.Datetime.now() - self.lead_since, timedelta(minutes=1))
        locale = babel_locale_parse(self.env.lang or "en_US")
        return format_timedelta(-age, threshold=1, add_direction=True, locale=locale)

    def _title_text(self):
        """What the offer is about, in a line."""
        self.ensure_one()
        return ", ".join(filter(None, [*self.tag_ids.mapped("name"), self.city, self.value_band]))

    def _kind_text(self):
        """Who else is asked."""
        self.ensure_one()
        match self.kind:
            case "shark_tank":
                return self.env._(
                    "Nobody took this lead in time. It is open to all who missed it: the first who accepts gets it."
                )
            case "catch_all":
                return self.env._(
                    "No agent took this lead. Accept it yourself; in Odoo you can also give it to somebody or have it "
                    "offered again."
                )
        return self.env._("This lead is offered to you alone.")

    def _subject_text(self):
        self.ensure_one()
        about = self._title_text() or self.env._("a new enquiry")
        match self.kind:
            case "shark_tank":
                return self.env._("Who is first? A lead is open again: %s", about)
            case "catch_all":
                return self.env._("Nobody took this lead: %s", about)
        return self.env._("A lead for you: %s", about)

    def _offer_text(self):
        """The text message of an offer."""
        self.ensure_one()
        offer = self._in_words_of_agent()
        if not offer.deadline:
            return f"{offer._subject_text()}. {offer._offer_url()}"
        return offer.env._(
            "%(subject)s. Answer until %(deadline)s: %(url)s",
            subject=offer._subject_text(),
            deadline=offer._deadline_text(),
            url=offer._offer_url(),
        )

    def _details_text(self):
        """The text message after acceptance."""
        offer = self._in_words_of_agent()
        lead = offer._accepted_lead()
        about = [lead.contact_name, lead.partner_name, lead.phone, lead.email_from, lead.city]
        return offer.env._(
            "Your lead %(lead)s: %(details)s. %(url)s",
            lead=lead.name,
            details=", ".join(filter(None, about)),
            url=offer._offer_url(),
        )

    def _accepted_lead(self):
        """The lead with the rights of the offer's agent: none before acceptance, none once it is out of their sight."""
        self.ensure_one()
        return self._leads_in_sight(self.agent_id, [("id", "=", self.lead_id.id)] if self.state == "accepted" else None)

    def _accepted_text(self):
        """What the customer of an accepted lead wrote, without pictures and links of others."""
        return html2plaintext(self._accepted_lead().description or "").strip()

    @api.model
    def _leads_in_sight(self, agent, domain, **kwargs):
        """Leads that an agent may see in Odoo, by the same rules."""
        Lead = self.env["crm.lead"].with_user(agent).with_context(active_test=False, lang=agent.lang, tz=agent.tz)
        if domain is None or not agent.active or not Lead.has_access("read"):
            return Lead
        return Lead.search(Domain(domain) & Domain("user_id", "=", agent.id), **kwargs)

    # ------------------------------------------------------------------
    # The web client
    # ------------------------------------------------------------------

    def _bus_changed(self):
        """Tell the clients of the agents that something about their offers changed; they ask what."""
        # sudo: leads.agent.offer, res.users - the channel of the agents, whoever moves the lead
        self.sudo().agent_id._bus_send("leads_agent_offer/changed", {})

    @api.model
    @api.readonly
    @takes()
    def get_live_offers(self):
        """One's own offers that wait for an answer, those due first.

        :returns: list of dicts with ``id``, ``kind``, ``deadline`` (UTC, or False), ``seconds_left`` (or False),
            ``tags`` (each with ``name`` and ``color``), ``city``, ``value_band``, ``hint`` and ``has_terms``: whether
            there are terms to agree to
        """
        if not self.has_access("read"):
            return []
        offers = self.search(
            Domain("agent_id", "=", self.env.uid) & Domain("is_live", "=", True),
            order="deadline, id",
            limit=MOST_SHOWN,
        )
        return [
            {
                "id": offer.id,
                "kind": offer.kind,
                "deadline": fields.Datetime.to_string(offer.deadline) if offer.deadline else False,
                "seconds_left": offer._seconds_left() if offer.deadline else False,
                "tags": [{"name": tag.name, "color": tag.color} for tag in offer.tag_ids],
                "city": offer.city or "",
                "value_band": offer.value_band or "",
                "hint": offer.hint or "",
                "has_terms": offer.has_terms,
            }
            # sudo: leads.agent.offer - one's own, which the search has checked
            for offer in offers.sudo()
        ]


class MailMail(models.Model):
    """A mail that tells of an offer: if it fails, the offer says so."""

    _inherit = "mail.mail"

    leads_offer_id = Link(
        "leads.agent.offer", string="Offer of a Lead", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type:
            # sudo: leads.agent.offer - whoever sends the queue
            for mail in self.sudo().filtered("leads_offer_id"):
                reason = failure_reason or mail.failure_reason or failure_type
                mail.leads_offer_id._note_untold(self.env._("The e-mail was not sent: %s", reason))
        return super()._postprocess_sent_message(success_pids, success_emails, failure_reason, failure_type)


class SmsSms(models.Model):
    """A text message that tells of an offer: if it fails, the offer says so."""

    _inherit = "sms.sms"

    leads_offer_id = Link(
        "leads.agent.offer", string="Offer of a Lead", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _handle_call_result_hook(self, results):
        result = super()._handle_call_result_hook(results)
        # sudo: leads.agent.offer - whoever sends the queue
        for sms in self.sudo().filtered(lambda sms: sms.leads_offer_id and sms.state == "error"):
            reason = dict(sms._fields["failure_type"]._description_selection(self.env)).get(sms.failure_type, "")
            sms.leads_offer_id._note_untold(self.env._("The text message was not sent: %s", reason))
        return result
