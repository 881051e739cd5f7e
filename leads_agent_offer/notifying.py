"""Notify agents: of an offer at once, and of all details after acceptance; once each, by the channels they chose.

Before acceptance a message has no data of the contact: only tags, hint, city, value band and deadline. Mails and
text messages are queued, so that a server that is down does not delay offers; errors are recorded in ``tell_error``.

Plain objects beside the model ``leads.agent.offer``. They need elevated offers, or an elevated environment::

    Notifying(env).run()
"""

import logging
from typing import NamedTuple

import psycopg2

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

NOTIFIED_AT_ONCE = 100
LONGEST_ERROR = 300
MOST_ERRORS = 10


class Channels(NamedTuple):
    """How an agent is notified: in Odoo, by e-mail, by text message, with copies to another address."""

    by_app: bool = True
    by_email: bool = True
    by_sms: bool = False
    forward_email: str | bool = False


class Notifying:
    """One run of the job."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def run(self):
        """Notify agents of new offers, and send the details of accepted leads. Safe to run again."""
        # Answers up to now are visible after this: no notification for an offer that is over.
        self.env["ir.cron"]._commit_progress()
        for notify in (self.notify_offered, self.notify_accepted):
            while count := notify(NOTIFIED_AT_ONCE):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == NOTIFIED_AT_ONCE)):
                    return

    def notify_offered(self, limit):
        """Notify agents of offers that nobody was notified of yet.

        The offers are marked first, skipping rows locked by another worker: nobody is notified twice.

        :returns: how many offers were processed
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
        # Without content: the client then reads the offers that the agent may see.
        reached = offers.agent_id.filtered(lambda agent: channels[agent.id].by_app)
        reached._bus_send("leads_agent_offer/offered", {})
        by_email = offers.filtered(lambda offer: channels[offer.agent_id.id].by_email)
        _attempt(by_email, lambda these: send_mail(these, template))
        by_sms = offers.filtered(lambda offer: channels[offer.agent_id.id].by_sms)
        _attempt(by_sms, lambda these: _send_sms(these, offer_text))
        return len(offers)

    def notify_accepted(self, limit):
        """Send the details of accepted leads, if the agent may still see them.

        :returns: how many offers were processed
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
        _attempt(by_email, lambda these: send_mail(these, template))
        by_sms = in_sight.filtered(lambda offer: channels[offer.agent_id.id].by_sms)
        _attempt(by_sms, lambda these: _send_sms(these, details_text))
        for address, these in in_sight.grouped(lambda offer: channels[offer.agent_id.id].forward_email).items():
            if address:
                _attempt(these, lambda those, address=address: send_mail(those, template, address))
        return len(offers)

    def _claimed(self, query):
        Offer = self.env["leads.agent.offer"]
        Offer.flush_model(["state", "deadline", "answered_at", "told_at", "copied_at"])
        rows = self.env.execute_query(query)
        Offer.invalidate_model(["told_at", "copied_at"])
        return Offer.browse(sorted(row[0] for row in rows))

    def _channels(self, agents):
        """Return ``{user_id: Channels}``; agents without a profile are notified in Odoo and by e-mail."""
        profiles = self.env["leads.agent.profile"]._of(agents)
        return {
            agent.id: Channels(profile.by_app, profile.by_email, profile.by_sms, profile.forward_email)
            if (profile := profiles.get(agent.id))
            else Channels()
            for agent in agents
        }


def _attempt(offers, send):
    """Send messages all at once; if that fails, one by one, recording errors on their offers.

    :param send: a function that takes offers
    """
    if not offers:
        return
    try:
        with offers.env.cr.savepoint():
            send(offers)
    except psycopg2.OperationalError:
        # An error of the database, not of the message: the transaction is retried.
        raise
    except Exception as error:
        if len(offers) > 1:
            for offer in offers:
                _attempt(offer, send)
            return
        _logger.info("Offer %s: a message could not be made.", offers.id, exc_info=True)
        note_failure(offers, offers.env._("A message could not be created: %s", error))


def note_failure(offers, sentence):
    """Record that a message did not reach the agent."""
    for offer in offers:
        line = " ".join(str(sentence).split())[:LONGEST_ERROR]
        lines = [*(offer.tell_error or "").splitlines(), line][-MOST_ERRORS:]
        offer.tell_error = "\n".join(dict.fromkeys(lines))


def send_mail(offers, template, address=None):
    """Queue a mail to the agent of each offer, or to another address. The number of queries is constant.

    The mails are linked to no document: their text is for the recipient, not for all users who may read the offer.
    """
    if not template:
        return
    reachable = offers if address else offers.filtered("agent_id.email_normalized")
    for offer in offers - reachable:
        note_failure(offer, offers.env._("%s has no e-mail address.", offer.agent_id.name))
    values = {"model": False, "res_id": False}
    if address:
        values |= {"recipient_ids": [], "email_to": address}
    for zone, group in reachable.grouped(lambda offer: offer.agent_id.tz).items():
        mails = template.with_context(tz=zone).send_mail_batch(group.ids, email_values=values)
        for offer, mail in zip(group, mails, strict=True):
            mail.leads_offer_id = offer
    if reachable:
        # The queue is processed once an hour, which is too late for an offer.
        offers.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()


def _send_sms(offers, text):
    """Queue a text message to the agent of each offer.

    :param text: a function that returns the text for an offer
    """
    rows = []
    for offer in offers:
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
            note_failure(offer, offers.env._("%s has no phone number for text messages.", agent.name))
    offers.env["sms.sms"].create(rows)


def offer_text(offer):
    """Return the text message of an offer."""
    offer = offer._in_words_of_agent()
    if not offer.deadline:
        return f"{offer._subject_text()}. {offer._offer_url()}"
    return offer.env._(
        "%(subject)s. Answer by %(deadline)s: %(url)s",
        subject=offer._subject_text(),
        deadline=offer._deadline_text(),
        url=offer._offer_url(),
    )


def details_text(offer):
    """Return the text message sent after acceptance."""
    offer = offer._in_words_of_agent()
    lead = offer._accepted_lead()
    about = [lead.contact_name, lead.partner_name, lead.phone, lead.email_from, lead.city]
    return offer.env._(
        "Your lead %(lead)s: %(details)s. %(url)s",
        lead=lead.name,
        details=", ".join(filter(None, about)),
        url=offer._offer_url(),
    )
