import logging
from contextlib import nullcontext

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying

from odoo.addons.leads_agent import jobs
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link

from ..arriving import UNSETTLED, note
from ..mail_intake import MailIntake

_logger = logging.getLogger(__name__)

# How long a message is recognised by its key; older ones are ignored.
KEPT_DAYS = 30
LONGEST_REASON = 300
# A message not processed after this time was left by a killed worker; after a day, managers have to check.
LEFT_AFTER = {"minutes": 15}
LEFT_UNTIL = {"days": 1}
# By which people write.
CHANNELS = [
    ("mail", "E-mail"),
    ("form", "Website Form"),
    ("chat", "Chat"),
    ("whatsapp", "WhatsApp"),
    ("messenger", "Messenger"),
    ("instagram", "Instagram"),
]


class LeadsAgentReceived(models.Model):
    """A message as received on a channel, and the result of processing it.

    The row is inserted when the message is accepted, in a transaction of its own, before any processing. The result is
    written in the transaction that processes the message. So a row that stays *arrived* was left by a killed worker:
    the message is processed when it is delivered again, by a job, or by a manager. A lock keeps others from processing
    it at the same time.

    The body and the source are kept only while there is no other copy of the message: they are deleted when it is in
    the chatter, when the sender withdraws it, when the contact is deleted, and after the company's retention period.
    """

    _name = "leads.agent.received"
    _description = "Received Message"
    _order = "id desc"
    _rec_name = "key"

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    channel = fields.Selection(
        [*CHANNELS, ("other", "Other")],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="The ID of the message on the channel.")
    about = fields.Char(
        string="Changes",
        readonly=True,
        index="btree_not_null",
        help="The key of the message that this one edits or deletes.",
    )
    email_from = fields.Char(
        string="Sender",
        readonly=True,
        index="btree_not_null",
        help="The sender on the channel: an e-mail address, a number or an ID.",
    )
    subject = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("arrived", "Arrived"),
            ("lead", "New Lead"),
            ("message", "Message"),
            ("ignored", "Ignored"),
            ("failed", "Failed"),
        ],
        string="Result",
        required=True,
        readonly=True,
        default="arrived",
    )
    holding = fields.Selection(
        [("held", "Held Back"), ("released", "Released")],
        readonly=True,
        help="Automatic mail and spam is held back until a manager releases it.",
    )
    reason = fields.Char(readonly=True, help="Why the message was ignored or failed.")
    body = fields.Text(readonly=True, help="The text as received. Cleared once the text is in the chatter.")
    came_with = fields.Json(readonly=True, export_string_translation=False)
    partner_id = Link("res.partner", string="From", readonly=True, ondelete="set null", index="btree_not_null")
    message_id = Link("mail.message", readonly=True, ondelete="set null", index="btree_not_null")

    _once = models.UniqueIndex("(channel, key)", "This message has already been received.")
    _newest = models.Index("(create_date)")
    _left = models.Index("(create_date) WHERE state = 'arrived'")

    # ------------------------------------------------------------------
    # Arrival
    # ------------------------------------------------------------------

    @api.model
    def _arrive(self, arrivals):
        """Elevated: accept messages. Their rows are committed when this returns.

        :param arrivals: list of values; ``channel`` and ``key`` of each, and other known fields. ``sources`` are
            kept as attachments: name, content and type of each
        :returns: IDs of the rows to process, in the order of the messages, without duplicates: new, failed and
            abandoned ones
        """
        with self._own_cursor() as cr:
            return note(self.with_env(self.env(cr=cr)), arrivals)

    def _own_cursor(self):
        """The cursor of a separate transaction; tests with a single transaction stay in it."""
        return nullcontext(self.env.cr) if self._has_one_transaction() else self.env.registry.cursor()

    def _has_one_transaction(self):
        return getattr(modules.module.current_test, "cr", None) is self.env.cr

    def _sources(self):
        """The attachments of these rows, elevated."""
        kept = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # sudo: ir.attachment - only of these rows, which the user may read
        return self.env["ir.attachment"].sudo().search(kept & Domain("res_field", "=", False), order="id")

    # ------------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------------

    def _take_in_apart(self):
        """Elevated: process messages that just arrived, in a transaction that sees their rows.

        Conflicts with other transactions are retried. A message that still fails is kept with its error.

        :returns: the ID of the document of the last message
        """

        def take_in(rows):
            rows._take_in_each(rows._lock())
            return rows.message_id[:1].res_id

        if self._has_one_transaction():
            return take_in(self)
        try:
            with self._own_cursor() as waiting, self._own_cursor() as cr:
                self.with_env(self.env(cr=waiting))._wait_for_senders()
                rows = self.with_env(self.env(cr=cr))
                return retrying(lambda: take_in(rows), rows.env)
        except (psycopg2.OperationalError, psycopg2.InterfaceError, ConcurrencyError):
            # Repeated conflicts with other transactions, or no connection to the database.
            _logger.info("Messages are left for the job: %s", self.ids, exc_info=True)
        except Exception as error:
            _logger.exception("Messages could not be taken in: %s", self.ids)
            with self._own_cursor() as cr:
                self.with_env(self.env(cr=cr))._lock()._fail(error)
        return False

    def _wait_for_senders(self):
        """Wait for the other messages of the same senders, until the end of this transaction.

        Two messages sent at once come from one person: the second is processed after the first created the lead.
        """
        senders = sorted(set(self.mapped("email_from")) - {False})
        # In SQL: the ORM has no advisory locks.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(name)) FROM unnest(%s::text[]) AS name", [senders])

    def _lock(self):
        """Lock and return the rows that no other worker is processing, and that are neither processed nor ignored."""
        self.invalidate_recordset()
        locked = self.try_lock_for_update(allow_referencing=True)
        return locked.filtered(lambda row: row.state in UNSETTLED)

    @api.model
    def _take_in_each(self, rows):
        """Elevated: process locked rows. A row that fails does not affect the others: it is kept with its error."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                rows._take_in()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Another worker changed the same lead: everything is retried.
            raise
        except Exception as error:
            if self.env.cr.closed or self.env.cr.connection.closed:
                raise
            if len(rows) > 1:
                for row in rows:
                    self._take_in_each(row)
                return
            if isinstance(error, psycopg2.errors.UniqueViolation):
                # Another worker created the same person at the same moment. The retry finds the contact.
                raise ConcurrencyError(str(error)) from error
            _logger.exception("A message of %s could not be taken in: %s", rows.channel, rows.key)
            rows._fail(error)

    def _take_in(self):
        """Hook, elevated: process messages of a channel, and record the result on each row.

        They share a savepoint: when one fails, each is processed separately.
        """
        for row in self.filtered(lambda row: row.channel == "mail"):
            MailIntake(row).take_in()
        for row in self.filtered(lambda row: row.channel == "form"):
            came_with = row.came_with or {}
            if record := row._form_again(came_with.get("model"), came_with.get("params") or {}):
                row._form_made(record)

    def _became(self, state, *, reason=None, lead=None, message=None, **values):
        """Elevated: record the result of the message. The body is kept only if there is no other copy."""
        lead = lead or self.env["res.partner"]
        values = {"state": state, "reason": (reason or "")[:LONGEST_REASON] or False, "partner_id": lead.id, **values}
        if message:
            values["message_id"] = message.id
        if lead.company_id:
            values["company_id"] = lead.company_id.id
        self.write(values)
        if state in ("lead", "message") or lead:
            self._forget(sender=False)

    def _fail(self, error):
        for row in self:
            # A sentence is enough; for an error, its type helps.
            said = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            row._became("failed", reason=said.replace("\x00", ""))

    def _hold(self, reason):
        """Elevated: ignore the message; managers may release it."""
        self.write({"state": "ignored", "holding": "held", "reason": reason})

    def _forget(self, sender=True):
        """Elevated: delete the body and the attachments."""
        self.write({"body": False, "came_with": False, "subject": False, **({"email_from": False} if sender else {})})
        self.filtered(lambda row: row.channel in ("mail", "form"))._sources().unlink()

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _takes_form(self, params):
        """Elevated: whether a form creates leads.

        :param dict params: as they were sent, with ``model_name``
        """
        return False

    def _form_made(self, record):
        """Hook, elevated: record which document the website created from the form."""

    def _form_again(self, model, params):
        """Hook, elevated: process a form that the website failed to process, or did not finish.

        :returns: the document created
        """

    @api.model
    def _takes_mail_as(self, model):
        """Whether mail fetched for a model is about leads."""
        return False

    @api.model
    def _lead_document(self, model, res_id):
        """Return the document if replies to it come from leads, else None."""
        return None

    @api.model
    def _links_to(self, document):
        """Return more values for the row of a mail that is posted on a document."""
        return {}

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("leads_agent.group_leads_manager"):
            raise AccessError(self.env._("Only Leads Managers can release, ignore or retry received messages."))

    @takes()
    def action_try_again(self):
        """Process failed or abandoned messages again.

        :raises UserError: when none of the selected messages failed
        """
        self._check_manager()
        failed = self.filtered(lambda row: row.state in UNSETTLED and row._is_kept())
        if not failed:
            raise UserError(self.env._("None of the selected messages has failed."))
        failed._again()

    @takes()
    def action_release(self):
        """Process messages that were held back, as if they had just arrived.

        :raises UserError: when none of the selected messages is held back
        """
        self._check_manager()
        held = self.filtered(lambda row: row.holding == "held")
        if not held:
            raise UserError(self.env._("None of the selected messages is held back."))
        # sudo: leads.agent.received - the manager may read these rows, and decides about them
        held.sudo().write({"holding": "released", "state": "arrived", "reason": False})
        held._again()

    @takes()
    def action_mark_as_spam(self):
        """Mark the lead of a mail or form as spam: archive it and withdraw its offer.

        :raises UserError: when none of the selected messages created a lead
        """
        self._check_manager()
        made = self.filtered(lambda row: row.state == "lead" and row.channel in ("mail", "form"))
        if not made:
            raise UserError(self.env._("None of the selected messages created a lead."))
        # sudo: leads.agent.received - the manager may read these rows, and decides about them
        made.sudo()._set_lead_aside()
        made.sudo()._hold(self.env._("Marked as spam by %s", self.env.user.name))

    def _set_lead_aside(self):
        """Hook, elevated: archive the leads that these messages created."""

    def _again(self):
        # sudo: leads.agent.received - the manager may read these rows; their content was accepted on arrival
        rows = self.sudo()._lock()
        if not rows:
            raise UserError(self.env._("These messages are being processed at the moment."))
        for company in rows.company_id:
            mine = rows.filtered(lambda row, company=company: row.company_id == company)
            # As the gateway, regardless of the user who clicks.
            mine = mine.with_user(SUPERUSER_ID).with_company(company).with_context(lang=company.partner_id.lang)
            mine._take_in_each(mine)

    def _is_kept(self):
        """Whether there is anything left to process."""
        # sudo: leads.agent.received - only whether there is a source
        return bool(self.body or self.sudo()._sources())

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    @api.model
    def _cron_take_in_left(self):
        """Process messages that a killed worker left, each in a transaction of its own."""
        now = fields.Datetime.now()
        left = Domain("state", "=", "arrived") & Domain("channel", "!=", "chat")
        left &= Domain("create_date", "<", fields.Datetime.subtract(now, **LEFT_AFTER))
        left &= Domain("create_date", ">", fields.Datetime.subtract(now, **LEFT_UNTIL))

        def take_in(row):
            row.with_company(row.company_id)._take_in_apart()

        jobs.run(self.env, self.search(left, order="id", limit=1000), take_in)

    @api.autovacuum
    def _gc_old(self):
        """Delete messages too old to be processed, and bodies after the company's retention period."""
        now = fields.Datetime.now()
        for company in self.env["res.company"].search(Domain.TRUE):
            days = company.leads_keep_received_days
            mine = Domain("company_id", "=", company.id)
            old = mine & Domain("create_date", "<", fields.Datetime.subtract(now, days=max(days, KEPT_DAYS) + 1))
            self.search(old, limit=10_000).unlink()
            words = Domain("body", "!=", False) | Domain("email_from", "!=", False) | Domain("came_with", "!=", False)
            over = mine & Domain("create_date", "<", fields.Datetime.subtract(now, days=days))
            self.search(over & words, limit=10_000)._forget()
