from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link

# For so long a message is known by its key; what was sent before is no news.
KEPT_DAYS = 30
LONGEST_REASON = 300
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

    The row is made when the message arrives, before anything is done with it, and stays when that fails. Its key makes
    sure that a message that comes again is taken in once. The body is kept only as long as the message is nowhere else:
    it goes once the words stand in the chatter, and when the sender withdraws them.
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
    key = fields.Char(required=True, readonly=True, help="What the channel calls the message.")
    about = fields.Char(
        string="Changes",
        readonly=True,
        index="btree_not_null",
        help="The key of the message that it edits or withdraws.",
    )
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
    reason = fields.Char(readonly=True, help="Why it was ignored, or failed.")
    body = fields.Text(readonly=True, help="As it came. Empty once the words stand in the chatter.")
    partner_id = Link("res.partner", string="From", readonly=True, ondelete="set null", index="btree_not_null")
    message_id = Link("mail.message", readonly=True, ondelete="set null", index="btree_not_null")

    _once = models.UniqueIndex("(channel, key)", "This message has come already.")
    _newest = models.Index("(create_date)")

    @api.model
    def _arrive(self, channel, key, body, about=None):
        """Elevated: a message arrives.

        :returns: its row, locked; nothing when it came before, unless it failed then
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_received AS r (company_id, channel, key, about, body, state,
                                                       create_uid, create_date, write_uid, write_date)
                     VALUES (%(company)s, %(channel)s, %(key)s, %(about)s, %(body)s, 'arrived',
                             %(uid)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT (channel, key) DO UPDATE SET state = 'arrived' WHERE r.state = 'failed' RETURNING id
                """,
                company=self.env.company.id,
                channel=channel,
                key=key,
                about=about or None,
                body=body,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        row = self.browse(nr for (nr,) in rows)
        row.invalidate_recordset()
        return row

    def _became(self, state, *, reason=None, lead=None, message=None):
        """Elevated: what became of the message. The body stays with what is nowhere else."""
        lead = lead or self.env["res.partner"]
        values = {"state": state, "reason": (reason or "")[:LONGEST_REASON] or False, "partner_id": lead.id}
        if message:
            values["message_id"] = message.id
        if lead.company_id:
            values["company_id"] = lead.company_id.id
        if state in ("lead", "message") or lead:
            values["body"] = False
        self.write(values)

    @takes()
    def action_try_again(self):
        """Take in what failed, once more.

        :raises UserError: when nothing of the selection failed
        """
        self.check_access("read")
        if not self.env.user.has_group("leads_agent.group_leads_manager"):
            raise AccessError(self.env._("Leads Managers try again what failed."))
        failed = self.filtered(lambda row: row.state == "failed" and row.body)
        if not failed:
            raise UserError(self.env._("None of these messages failed."))
        # sudo: leads.agent.received - the manager may read these rows; what is in them was signed by the channel
        failed.sudo()._try_again()

    def _try_again(self):
        """Elevated: what failed is taken in once more, by whoever knows the channel."""

    @api.autovacuum
    def _gc_old(self):
        """Forget messages that would be too old to be taken in."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS + 1)
        self.search([("create_date", "<", before)], limit=10_000).unlink()
