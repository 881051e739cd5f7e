import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.leads_agent.fields import Link

from ..tools import tag_matching

# The state of a lead; a lead without an open row is not routed.
STATES = [
    ("none", "Not Routed"),
    ("held", "Held"),
    ("waiting", "Unassigned"),
    ("offered", "Offered"),
    ("shark_tank", "Shark Tank"),
    ("catch_all", "Catch-All"),
    ("accepted", "Accepted"),
]
HOLDS = [
    ("company", "By Hours or Settings"),
    ("import", "Imported"),
    ("manager", "By a Manager"),
    ("turn", "Waiting for Its Turn"),
]
# How the agent of a lead was chosen.
CAUSES = [("score", "By Tags and Score"), ("coalesced", "Repeat Lead"), ("assigned", "Assigned by the Catch-All")]


class LeadsAgentRouting(models.Model):
    """The routing of a lead: one open row with its current state, and a row per decision.

    The open row has a state, which :class:`Process` changes. A decision has a cause and is never changed: it holds the
    tags found and the verdict on every agent. It stores the names of tags and agents at that time; the links are for
    searching and grouping.
    """

    _name = "leads.agent.routing"
    _description = "Lead Routing"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = Link("crm.lead", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = Link("res.company", readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    state = fields.Selection(STATES, readonly=True, help="The current state of the lead. Only set on the open routing.")
    until = fields.Datetime(readonly=True, help="When the next automatic step takes place.")
    step = fields.Integer(readonly=True, export_string_translation=False)
    hold = fields.Selection(
        HOLDS,
        string="Held",
        readonly=True,
        help="By hours or settings: continues when the hours and settings allow it. Imported: likewise, one "
        "lead per minute. By a manager: waits until a manager releases it. Until its turn: released, and"
        " offered regardless of the hours.",
    )
    released_at = fields.Datetime(string="Released On", readonly=True)
    accepted_at = fields.Datetime(string="Accepted On", readonly=True)
    cause = fields.Selection(CAUSES, string="Decided On", readonly=True, help="Set on decisions only.")
    reason = fields.Char(readonly=True, help="Why the lead was assigned without an offer, or why nobody has it.")
    agent_id = Link("res.users", string="Selected", readonly=True, help="The agent who was offered the lead first.")
    agent_name = fields.Char(
        string="Selected Agent", readonly=True, help="The agent who was first offered or assigned the lead."
    )
    tag_ids = fields.Many2many("leads.agent.tag", "leads_agent_routing_tag_rel", string="Tags", readonly=True)
    tag_names = fields.Char(string="Tags Found", compute="_compute_tag_names")
    # Rows of tag, factor, place, quote and the name of the tag
    hits = fields.Json(readonly=True, export_string_translation=False)
    verdicts = fields.Json(readonly=True, export_string_translation=False)
    # For a lead of a backlog, instead of the verdicts
    roster_id = Link("leads.agent.roster", readonly=True, ondelete="restrict", index="btree_not_null")
    ranked = fields.Json(readonly=True, export_string_translation=False)
    is_again = fields.Boolean(
        string="Contacted Us Again",
        readonly=True,
        help="An agent qualifies who did not before, such as a new agent, an agent who is back, or an agent "
        "with a new tag. Agents who already got this offer do not get it again.",
    )
    candidate_count = fields.Integer(string="Qualified Agents", readonly=True)
    audit_html = fields.Html(string="Why", compute="_compute_audit_html", sanitize=False)

    _open = models.UniqueIndex("(lead_id) WHERE state IS NOT NULL")
    _due = models.Index("(until) WHERE state IN ('held', 'waiting', 'shark_tank')")
    _released = models.Index("(released_at) WHERE released_at IS NOT NULL")

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _insert(self, rows):
        """Insert decisions, with two queries for any number of them.

        :param rows: dicts with ``lead_id``, ``company_id``, ``agent_id``, ``agent_name``; for a decision by score also
            ``tag_ids``, ``hits``, ``ranked`` (IDs), ``verdicts`` (JSON text) or ``roster_id``, and optionally
            ``is_again``; for others ``cause`` and ``reason``
        :returns: ``{lead_id: routing_id}``
        """
        if not rows:
            return {}
        now = fields.Datetime.now()
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_routing (lead_id, company_id, at, agent_id, agent_name, cause, reason, hits,
                       verdicts, roster_id, ranked, is_again, candidate_count, create_uid, create_date, write_uid,
                       write_date)
                SELECT t.lead_id, t.company_id, %(now)s, t.agent_id, t.agent_name, t.cause, t.reason, t.hits::jsonb,
                       t.verdicts::jsonb, t.roster_id, t.ranked::jsonb, t.is_again, t.candidates, %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM unnest(%(leads)s::int[], %(companies)s::int[], %(agents)s::int[], %(names)s::text[],
                              %(causes)s::text[], %(reasons)s::text[], %(hits)s::text[], %(verdicts)s::text[],
                              %(rosters)s::int[], %(ranked)s::text[], %(again)s::bool[], %(candidates)s::int[])
                       AS t (lead_id, company_id, agent_id, agent_name, cause, reason, hits, verdicts, roster_id,
                             ranked, is_again, candidates)
             RETURNING lead_id, id
                """,
                now=now,
                uid=self.env.uid,
                leads=[row["lead_id"] for row in rows],
                companies=[row["company_id"] for row in rows],
                agents=[row["agent_id"] for row in rows],
                names=[row.get("agent_name") for row in rows],
                causes=[row.get("cause", "score") for row in rows],
                reasons=[row.get("reason") for row in rows],
                hits=[json.dumps(row.get("hits", [])) for row in rows],
                verdicts=[row.get("verdicts") for row in rows],
                rosters=[row.get("roster_id") for row in rows],
                ranked=[json.dumps(row.get("ranked", [])) for row in rows],
                again=[row.get("is_again", False) for row in rows],
                candidates=[len(row.get("ranked", ())) for row in rows],
            )
        )
        routing_of = dict(created)
        pairs = [(routing_of[row["lead_id"]], tag_id) for row in rows for tag_id in row.get("tag_ids", ())]
        if pairs:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO leads_agent_routing_tag_rel (leads_agent_routing_id, leads_agent_tag_id)"
                    " SELECT * FROM unnest(%s::int[], %s::int[])",
                    [pair[0] for pair in pairs],
                    [pair[1] for pair in pairs],
                )
            )
        self.invalidate_model()
        return routing_of

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.depends("hits")
    def _compute_tag_names(self):
        for routing in self:
            routing.tag_names = ", ".join(sorted(row[4] for row in routing.hits or () if row[0] > 0 and row[4]))

    @api.depends("verdicts", "roster_id", "hits")
    def _compute_audit_html(self):
        for routing in self:
            routing.audit_html = routing._audit_page()

    def _audit_page(self):
        # The agent who was offered the lead first is listed first in `ranked`.
        selected = self.ranked[0] if self.agent_name and self.ranked else None
        return self.env["ir.qweb"]._render(
            "leads_agent_offer.routing_audit",
            {
                "reason": self.reason,
                "found": self._found_sentences(),
                "rows": [
                    {
                        "name": row[7] or self.env._("A previous agent"),
                        "status": "selected" if row[0] == selected else "available" if row[1] else "unavailable",
                        "place": row[1],
                        "score": row[2],
                        "parts": self._score_sentence(row),
                        "why_not": self._rule_sentences(row),
                    }
                    for row in self._verdict_rows()
                ],
                "labels": {
                    "selected": self.env._("Selected"),
                    "available": self.env._("Available"),
                    "unavailable": self.env._("Not available"),
                },
            },
        )

    def _verdict_rows(self):
        """Return the verdicts on all agents, as in :meth:`_packed`."""
        if not self.roster_id:
            return self.verdicts or []
        hits = {row[0]: tag_matching.Hit(*row[:4]) for row in self.hits or ()}
        # sudo: leads.agent.roster - only the verdicts on this lead, for users who may read the audit
        return self._packed(self.roster_id.sudo()._verdicts(hits))

    def _found_sentences(self):
        sentences = []
        for tag_id, factor, place, quote, name in self.hits or []:
            if name and tag_id < 0:
                name = self.env._("%s, an agent's name", name)
            where = self.env._("in the subject") if place == "subject" else self.env._("in the text")
            sentences.append(
                {"name": name or self.env._("a deleted tag"), "where": where, "factor": factor, "quote": quote}
            )
        return sentences

    def _score_sentence(self, row):
        tag_score, pecking, performance = row[3:6]
        return self.env._(
            "tags %(tags)s, pecking order %(pecking)s, performance %(performance)s",
            tags=f"{tag_score:g}",
            pecking=pecking,
            performance=f"{performance:g}",
        )

    def _rule_sentences(self, row):
        return " ".join(self._rule_sentence(code) for code in row[6])

    def _rule_sentence(self, code):
        match code:
            case "required":
                return self.env._("The agent lacks a tag that the lead requires.")
            case "exclusive":
                return self.env._("The agent has none of the lead's exclusive tags.")
            case "tagged":
                return self.env._("The agent has none of the lead's tags.")
            case "off":
                return self.env._("The agent has switched off new leads.")
            case "leave":
                return self.env._("The agent is on leave.")
            case "hours":
                return self.env._("It is outside the agent's working hours.")
            case "cap":
                return self.env._("The agent has reached the maximum number of leads.")
            case "role":
                return self.env._("The agent no longer holds leads.")
        return Markup("")

    @api.model
    def _packed(self, verdicts):
        """Return verdicts as they are stored.

        :returns: rows of ``[agent, place, score, tag score, pecking, performance, [failed rules], name]``
        """
        return [
            [
                verdict.agent_id,
                verdict.place,
                verdict.score,
                verdict.tag_score,
                verdict.pecking,
                verdict.performance,
                [*verdict.barred, *(code for code, passed in verdict.rules if not passed and code != "available")],
                verdict.name,
            ]
            for verdict in verdicts
        ]
