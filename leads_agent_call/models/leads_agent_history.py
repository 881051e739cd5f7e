from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.summaries import shorten

from ..clock import moment_text, time_text


class LeadsAgentHistory(models.Model):
    """Calls with their outcome, and automatically postponed callbacks, in the history."""

    _inherit = "leads.agent.history"

    kind = fields.Selection(selection_add=[("callback", "Callback")], ondelete={"callback": "cascade"})
    call_id = Link("leads.agent.call", readonly=True, ondelete="cascade")
    undone_disposition_id = Link(
        "leads.agent.disposition",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The outcome of a call that was logged and undone.",
    )
    moved_from = fields.Datetime(
        readonly=True, help="When the callback was originally due, if it was moved automatically."
    )
    moved_to = fields.Datetime(readonly=True)

    _call_uniq = models.UniqueIndex("(call_id) WHERE call_id IS NOT NULL")

    @api.depends("call_id", "moved_from", "moved_to", "undone_disposition_id")
    def _compute_summary(self):
        moves = self.filtered("moved_from")
        for history in moves:
            history.summary = self._summarize_move(history.moved_from, history.moved_to)
        taken_back = self.filtered("undone_disposition_id")
        for history in taken_back:
            history.summary = self.env._("%s (undone)", history.undone_disposition_id.name)
        of_calls = self.filtered("call_id")
        for history in of_calls:
            # sudo: leads.agent.call - users who may read the entry may read the note
            call = history.call_id.sudo()
            outcome, note = call.disposition_id.name or "", call.note
            history.summary = shorten(f"{outcome} - {note}" if note else outcome)
        return super(LeadsAgentHistory, self - moves - taken_back - of_calls)._compute_summary()

    @api.model
    def _summarize_move(self, before, after):
        zone = self.env.user.tz
        return self.env._(
            "Callback moved from %(before)s to %(after)s, outside calling hours",
            before=time_text(self.env, before, zone),
            after=moment_text(self.env, after, zone),
        )

    @api.model
    def _log_calls(self, calls):
        """Record calls with an outcome, of customers who are assigned."""
        self._record([self._call_values(call) for call in calls if call.partner_id.leads_agent_id])

    @api.model
    def _undo_call(self, call):
        """Elevated: the entry of a call says that its outcome was undone; the call gets another entry with the next."""
        self.search([("call_id", "=", call.id)]).write(
            {"undone": True, "call_id": False, "undone_disposition_id": call.disposition_id.id}
        )

    @api.model
    def _call_values(self, call):
        return {
            "partner_id": call.partner_id.id,
            "at": call.started_at,
            "kind": "call",
            "author_id": call.agent_id.partner_id.id,
            "res_model": "res.partner",
            "res_id": call.partner_id.id,
            "call_id": call.id,
        }

    @api.model
    def _log_moves(self, callbacks, moments):
        """Record callbacks that are about to be postponed because of the customer's calling hours.

        :param dict moments: ``{id: when it will be due, in UTC}``
        """
        now = fields.Datetime.now()
        self._record(
            [
                {
                    "partner_id": callback.partner_id.id,
                    "at": now,
                    "kind": "callback",
                    "author_id": self.env.user.partner_id.id,
                    "res_model": "res.partner",
                    "res_id": callback.partner_id.id,
                    "moved_from": callback.due_at,
                    "moved_to": moments[callback.id],
                }
                for callback in callbacks
            ]
        )

    @api.model
    def _sources(self, since, partner_ids, is_new):
        """Add earlier calls. At install, there are none."""
        statements = super()._sources(since, partner_ids, is_new)
        if is_new:
            return statements
        of_customers = Domain.TRUE if partner_ids is None else Domain("partner_id", "in", list(partner_ids))
        # sudo: leads.agent.call - of all agents
        calls = self.env["leads.agent.call"].sudo()._search(Domain("state", "=", "done") & of_customers)
        return [
            *statements,
            SQL(
                """
                INSERT INTO leads_agent_history (partner_id, at, kind, author_id, res_model, res_id, call_id)
                SELECT c.partner_id, c.started_at, 'call', u.partner_id, 'res.partner', c.partner_id, c.id
                  FROM leads_agent_call c
                  JOIN res_users u ON u.id = c.agent_id
                 WHERE c.id IN %(calls)s AND c.started_at >= %(since)s
              ORDER BY c.id
                    ON CONFLICT (call_id) WHERE call_id IS NOT NULL DO NOTHING
                """,
                calls=calls.subselect(),
                since=since,
            ),
        ]
