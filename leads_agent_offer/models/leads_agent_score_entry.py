from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..tools import performance

CAUSES = [
    ("accepted", "Accepted"),
    ("accepted_again", "Accepted after another chance"),
    ("declined", "Declined in time"),
    ("missed", "Missed"),
    ("requeued", "Asked for another chance"),
    ("coalesced", "Repeat lead of an existing customer"),
    ("assigned", "Assigned by the catch-all"),
    ("feedback", "Gave feedback"),
]
# The only fields of an entry that may change: it can be voided.
VOID_FIELDS = frozenset(("voided_at", "voided_by_id", "void_reason"))


class LeadsAgentScoreEntry(models.Model):
    """The ledger of the performance score: each entry holds points and their cause. Entries are never changed.

    Users cannot create entries; elevated code creates them with :meth:`_add`.
    """

    _name = "leads.agent.score.entry"
    _description = "Performance Points"
    _order = "at desc, id desc"
    _rec_name = "cause"

    agent_id = Link("res.users", required=True, readonly=True, ondelete="cascade")
    at = fields.Datetime(string="When", required=True, readonly=True)
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    points = fields.Integer(required=True, readonly=True, aggregator="sum")
    counted = fields.Integer(string="Valid Points", compute="_compute_counted", store=True)
    offer_id = Link("leads.agent.offer", readonly=True, ondelete="set null", index="btree_not_null")
    explanation = fields.Char(compute="_compute_explanation")
    company_id = Link("res.company", readonly=True)
    voided_at = fields.Datetime(readonly=True)
    voided_by_id = Link("res.users", readonly=True)
    void_reason = fields.Char(readonly=True)

    _of_agent = models.Index("(agent_id, at) INCLUDE (points) WHERE voided_at IS NULL")
    _one_cause = models.UniqueIndex(
        "(offer_id, cause) WHERE cause <> 'feedback' AND offer_id IS NOT NULL", "These points have already been given."
    )

    @api.depends("points", "voided_at")
    def _compute_counted(self):
        for entry in self:
            entry.counted = 0 if entry.voided_at else entry.points

    def _compute_explanation(self):
        for entry in self:
            entry.explanation = entry._sentence()

    def _sentence(self):
        """Return what the points are for."""
        match self.cause:
            case "accepted":
                sentence = self.env._("Accepted an offer in time.")
            case "accepted_again":
                sentence = self.env._(
                    "Accepted after another chance. With the points for asking, this makes up for the missed offer."
                )
            case "declined":
                sentence = self.env._("Declined in time, so the next agent did not have to wait.")
            case "missed":
                sentence = self.env._("Did not answer an offer in time.")
            case "requeued":
                sentence = self.env._("Asked for another chance after missing an offer.")
            case "coalesced":
                sentence = self.env._("A customer of the agent contacted us again, and the agent got the lead.")
            case "assigned":
                sentence = self.env._("Was assigned a lead that nobody had taken.")
            case _:
                sentence = self.env._("Gave feedback on a lead.")
        if self.voided_at:
            sentence += " " + self.env._("Void: %s", self.void_reason)
        return sentence

    # ------------------------------------------------------------------
    # The ledger
    # ------------------------------------------------------------------

    @api.model
    def _add(self, cause, offers, points=None):
        """Add points for offers, once per offer and cause. All points are added here.

        :param offers: ``leads.agent.offer``
        """
        if not offers:
            return
        offers.flush_recordset(["agent_id", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO leads_agent_score_entry (
                       agent_id, at, cause, points, counted, offer_id, company_id, create_uid, create_date)
                SELECT agent_id, %(now)s, %(cause)s, %(points)s, %(points)s, id, company_id, %(uid)s, %(now)s
                  FROM leads_agent_offer WHERE id = ANY(%(offers)s) ORDER BY id
           ON CONFLICT DO NOTHING
                """,
                now=fields.Datetime.now(),
                cause=cause,
                points=performance.POINTS[cause] if points is None else points,
                uid=self.env.uid,
                offers=list(offers._ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _scores(self, users):
        """Return the performance of agents in the period of their company.

        :returns: ``{user_id: 1 to 100}``
        """
        self.flush_model(["agent_id", "at", "points", "voided_at"])
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, COALESCE((SELECT sum(points) FROM leads_agent_score_entry e
                                        WHERE e.agent_id = t.id AND e.voided_at IS NULL AND e.at >= t.since), 0)
                  FROM unnest(%s::int[], %s::timestamp[]) AS t (id, since)
                """,
                users.ids,
                # sudo: res.users, res.company - only the period of each agent's company
                [now - timedelta(days=user.sudo().company_id.leads_offer_score_days or 30) for user in users],
            )
        )
        return {user_id: performance.score(int(points)) for user_id, points in rows}

    @takes(vals=given.values)
    def write(self, vals):
        if not vals.keys() <= VOID_FIELDS | {"counted"}:
            raise UserError(self.env._("Points cannot be changed. Void them and give a reason."))
        return super().write(vals)

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Points come from what agents do with their offers. They cannot be entered manually.")
        )

    @takes(reason=given.text)
    def action_void(self, reason):
        """Exclude points from the score; the entry stays, with the reason.

        :raises AccessError: if the user is not a Leads Manager, or for the user's own points
        :raises UserError: without a reason, or when the points are void already
        """
        self.env.user._check_leads_manager()
        reason = reason.strip()
        if not reason:
            raise UserError(self.env._("Enter why the points do not count."))
        self.check_access("read")
        for entry in self:
            if entry.voided_at:
                raise UserError(self.env._("These points have already been voided: %s", entry.void_reason))
        if self.agent_id == self.env.user:
            raise AccessError(self.env._("You cannot void your own points."))
        # sudo: leads.agent.score.entry - no user has write access; managers only void entries
        self.sudo().write({"voided_at": fields.Datetime.now(), "voided_by_id": self.env.uid, "void_reason": reason})
