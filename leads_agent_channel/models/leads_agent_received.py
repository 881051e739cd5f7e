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

# For so long a message is known by its key; what was sent before is no news.
KEPT_DAYS = 30
LONGEST_REASON = 300
# What is still not taken in after so long was left by a worker that is gone; after a day managers have to look.
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
    """A message as a channel brought it, and what became of it.

    The row is made when the message is accepted, in a transaction of its own, before anything is done with it. What
    became of it is written in the transaction that takes it in. So a row that stays *arrived* was left by a worker
    that was killed: the message is taken in when it comes again, by a job, or by a manager. Whoever takes it in holds
    a lock.

    The body and the source are kept only as long as the message is nowhere else: they go once the words stand in the
    chatter, when the sender withdraws them, when the person is erased, and after the days that the company keeps them.
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
    reason = fields.Char(readonly=True, help="Why it was ignored, or failed.")
    body = fields.Text(readonly=True, help="The text as it was received. Emptied once the text is in the chatter.")
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
        """Elevated: messages are accepted. Their rows are committed when this returns.

        :param arrivals: list of values; ``channel`` and ``key`` of each, and what else is known of it. ``sources`` are
            kept as attachments: name, content and type of each
        :returns: ids of the rows that are to be taken in, in the order of the messages, each once: new ones, those that
            failed and those that were left
        """
        with self._own_cursor() as cr:
            return note(self.with_env(self.env(cr=cr)), arrivals)

    def _own_cursor(self):
        """The cursor of a transaction of its own; a test that has one transaction stays in it."""
        return nullcontext(self.env.cr) if self._has_one_transaction() else self.env.registry.cursor()

    def _has_one_transaction(self):
        return getattr(modules.module.current_test, "cr", None) is self.env.cr

    def _sources(self):
        """What was kept with these rows, elevated."""
        kept = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # sudo: ir.attachment - of the rows alone, which are read by who may
        return self.env["ir.attachment"].sudo().search(kept & Domain("res_field", "=", False), order="id")

    # ------------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------------

    def _take_in_apart(self):
        """Elevated: messages that just arrived are taken in, in a transaction that sees their rows.

        Collisions with other transactions are tried again. What fails all the same stays, and says so.

        :returns: the number of the document of the last message
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
            # They collide with others all the time, or the database is gone.
            _logger.info("Messages are left for the job: %s", self.ids, exc_info=True)
        except Exception as error:
            _logger.exception("Messages could not be taken in: %s", self.ids)
            with self._own_cursor() as cr:
                self.with_env(self.env(cr=cr))._lock()._fail(error)
        return False

    def _wait_for_senders(self):
        """Wait for the other messages of the same people, to the end of this transaction.

        Who writes twice at once is one person: the second message is taken in when the first one has made the lead.
        """
        senders = sorted(set(self.mapped("email_from")) - {False})
        # By hand: the ORM has no locks by name.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(name)) FROM unnest(%s::text[]) AS name", [senders])

    def _lock(self):
        """Those of the rows that nobody else takes in at this moment, and that are neither taken in nor ignored."""
        self.invalidate_recordset()
        locked = self.try_lock_for_update(allow_referencing=True)
        return locked.filtered(lambda row: row.state in UNSETTLED)

    @api.model
    def _take_in_each(self, rows):
        """Elevated: locked rows are taken in. One that fails does so alone: it stays, and says why."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                rows._take_in()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Another worker changed the same lead: all is tried again.
            raise
        except Exception as error:
            if self.env.cr.closed or self.env.cr.connection.closed:
                raise
            if len(rows) > 1:
                for row in rows:
                    self._take_in_each(row)
                return
            if isinstance(error, psycopg2.errors.UniqueViolation):
                # Another worker met the same person in this very moment. Tried again, they are known.
                raise ConcurrencyError(str(error)) from error
            _logger.exception("A message of %s could not be taken in: %s", rows.channel, rows.key)
            rows._fail(error)

    def _take_in(self):
        """Elevated: messages are taken in, by whoever knows the channel; each row is told what became of it.

        They share a savepoint: when one fails, each is taken in alone.
        """
        for row in self.filtered(lambda row: row.channel == "mail"):
            MailIntake(row).take_in()
        for row in self.filtered(lambda row: row.channel == "form"):
            came_with = row.came_with or {}
            if record := row._form_again(came_with.get("model"), came_with.get("params") or {}):
                row._form_made(record)

    def _became(self, state, *, reason=None, lead=None, message=None, **values):
        """Elevated: what became of the message. The body stays with what is nowhere else."""
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
            # A sentence says it all; of an error, the kind helps.
            said = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            row._became("failed", reason=said.replace("\x00", ""))

    def _hold(self, reason):
        """Elevated: it is ignored, and managers may release it."""
        self.write({"state": "ignored", "holding": "held", "reason": reason})

    def _forget(self, sender=True):
        """Elevated: the words go, with all that was kept of them."""
        self.write({"body": False, "came_with": False, "subject": False, **({"email_from": False} if sender else {})})
        self.filtered(lambda row: row.channel in ("mail", "form"))._sources().unlink()

    # ------------------------------------------------------------------
    # What makes leads
    # ------------------------------------------------------------------

    @api.model
    def _takes_form(self, params):
        """Elevated: whether a form makes leads.

        :param dict params: as they were sent, with ``model_name``
        """
        return False

    def _form_made(self, record):
        """Elevated: what the website made of the form."""

    def _form_again(self, model, params):
        """Elevated: take in a form that the website could not, or did not live to.

        :returns: what was made of it
        """

    @api.model
    def _takes_mail_as(self, model):
        """Whether mail that is fetched for a model is about leads."""
        return False

    @api.model
    def _lead_document(self, model, res_id):
        """The document, when answers to it come from leads; nothing otherwise."""
        return None

    @api.model
    def _links_to(self, document):
        """More values of the row of a mail that stands on a document."""
        return {}

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("leads_agent.group_leads_manager"):
            raise AccessError(self.env._("Leads Managers decide about what was received."))

    @takes()
    def action_try_again(self):
        """Take in what failed, or was left, once more.

        :raises UserError: when nothing of the selection failed
        """
        self._check_manager()
        failed = self.filtered(lambda row: row.state in UNSETTLED and row._is_kept())
        if not failed:
            raise UserError(self.env._("None of these messages failed."))
        failed._again()

    @takes()
    def action_release(self):
        """Take in what was held back, as if it had just come.

        :raises UserError: when nothing of the selection is held back
        """
        self._check_manager()
        held = self.filtered(lambda row: row.holding == "held")
        if not held:
            raise UserError(self.env._("None of these messages is held back."))
        # sudo: leads.agent.received - the manager may read these rows, and decides about them
        held.sudo().write({"holding": "released", "state": "arrived", "reason": False})
        held._again()

    @takes()
    def action_mark_as_spam(self):
        """The lead that a mail or a form made is none: it is archived, its offer is taken back.

        :raises UserError: when nothing of the selection made a lead
        """
        self._check_manager()
        made = self.filtered(lambda row: row.state == "lead" and row.channel in ("mail", "form"))
        if not made:
            raise UserError(self.env._("None of these messages created a lead."))
        # sudo: leads.agent.received - the manager may read these rows, and decides about them
        made.sudo()._set_lead_aside()
        made.sudo()._hold(self.env._("Marked as spam by %s", self.env.user.name))

    def _set_lead_aside(self):
        """Elevated: the leads that these messages made are archived, by whoever knows them."""

    def _again(self):
        # sudo: leads.agent.received - the manager may read these rows; what is in them was accepted when it came
        rows = self.sudo()._lock()
        if not rows:
            raise UserError(self.env._("These messages are being taken in at this moment."))
        for company in rows.company_id:
            mine = rows.filtered(lambda row, company=company: row.company_id == company)
            # As the gateway does it, whoever presses the button.
            mine = mine.with_user(SUPERUSER_ID).with_company(company).with_context(lang=company.partner_id.lang)
            mine._take_in_each(mine)

    def _is_kept(self):
        """Whether there is something to take in."""
        # sudo: leads.agent.received - whether a source is there
        return bool(self.body or self.sudo()._sources())

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    @api.model
    def _cron_take_in_left(self):
        """What was left by a worker that was killed is taken in, each message in a transaction of its own."""
        now = fields.Datetime.now()
        left = Domain("state", "=", "arrived") & Domain("channel", "!=", "chat")
        left &= Domain("create_date", "<", fields.Datetime.subtract(now, **LEFT_AFTER))
        left &= Domain("create_date", ">", fields.Datetime.subtract(now, **LEFT_UNTIL))

        def take_in(row):
            row.with_company(row.company_id)._take_in_apart()

        jobs.run(self.env, self.search(left, order="id", limit=1000), take_in)

    @api.autovacuum
    def _gc_old(self):
        """Forget messages that would be too old to be taken in; their words after the days of the company."""
        now = fields.Datetime.now()
        for company in self.env["res.company"].search(Domain.TRUE):
            days = company.leads_keep_received_days
            mine = Domain("company_id", "=", company.id)
            old = mine & Domain("create_date", "<", fields.Datetime.subtract(now, days=max(days, KEPT_DAYS) + 1))
            self.search(old, limit=10_000).unlink()
            words = Domain("body", "!=", False) | Domain("email_from", "!=", False) | Domain("came_with", "!=", False)
            over = mine & Domain("create_date", "<", fields.Datetime.subtract(now, days=days))
            self.search(over & words, limit=10_000)._forget()
