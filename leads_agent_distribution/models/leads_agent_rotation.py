from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.leads_agent.fields import Link

from ..tools import distribution


class LeadsAgentRotation(models.Model):
    """The rotation of a call center, or of the company's agents outside call centers.

    It is stored, so that leads are distributed fairly over many batches, rules and restarts. The row is locked until
    the end of the transaction; of two transactions at the same moment, the second continues where the first ended (Odoo
    retries it on the new data). Leads that were planned but not assigned are made up for.
    """

    _name = "leads.agent.rotation"
    _description = "Agent Rotation"
    _rec_name = "team_id"
    _log_access = False

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    team_id = Link("crm.team", string="Call Center", readonly=True, ondelete="cascade", index="btree_not_null")
    turns = fields.Json(
        readonly=True,
        help="For each agent: position, number of the last lead, and whether they took part in the last run.",
    )

    _one_per_pool = models.UniqueIndex("(company_id, COALESCE(team_id, 0))", "This call center already has a rotation.")

    @api.model
    def _locked(self, company, team):
        """Return the rotation of a call center, created if missing, and locked until the end of the transaction."""
        self.flush_model()
        # In SQL: the ORM can neither insert a row only where it is missing, nor lock one that another worker has just
        # inserted.
        [(rotation_id,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_rotation (company_id, team_id, turns) VALUES (%s, %s, '{}')
           ON CONFLICT (company_id, COALESCE(team_id, 0)) DO UPDATE SET team_id = EXCLUDED.team_id
             RETURNING id
                """,
                company.id,
                team.id or None,
            )
        )
        rotation = self.browse(rotation_id)
        rotation.invalidate_recordset()
        return rotation

    def _keep(self, turns, missed, method, weights):
        """Store turns, without the leads that were planned and not assigned, or taken back.

        :param dict missed: ``{agent_id: leads}``
        :param dict weights: ``{agent_id: weight}`` as used by the plan; without weights, all are equal
        """
        # The agent with the fewest leads gets the next: there are no places to correct.
        self.turns = distribution.stored(turns if method == "least" else distribution.take_back(turns, missed, weights))

    def _follow(self, given, agents, method, weights):
        """Store the turns after leads were assigned by an earlier plan.

        :param list given: IDs of the agents, in the order of the plan
        """
        self.turns = distribution.stored(
            distribution.follow(
                given,
                [distribution.Agent(agent_id, weights.get(agent_id, 1)) for agent_id in agents.ids],
                method=method,
                turns=distribution.restored(self.turns),
            )
        )

    @api.model
    def _share_out(self, partner_ids, agents, way, rooms=None, known=None):
        """Decide which agent gets which lead, without writing anything.

        :param partner_ids: commercial customers, in the order in which they are distributed
        :param distribution.Way way: how they are distributed
        :param dict rooms: ``{agent_id: how many more, or None}``
        :param dict known: ``{partner_id: eligibility.Lead}``: holders and companies, where they may differ
        :returns: :class:`distribution.Plan`
        """
        # sudo: res.users - language, country and weight of the agents, for any caller
        members = agents.sudo()
        opened = self._open_leads(agents) if way.method == "least" else {}
        weights = way.weights
        if weights is None:
            weights = {agent.id: agent.leads_weight or 1 for agent in members}
        return distribution.distribute(
            self._leads(partner_ids, way.prefer, known or {}),
            [
                distribution.Agent(
                    agent.id,
                    weights.get(agent.id, 1),
                    opened.get(agent.id, 0),
                    (rooms or {}).get(agent.id),
                    agent.lang or "",
                    agent.partner_id.country_id.id or 0,
                    frozenset(agent.company_ids.ids),
                )
                for agent in members
            ],
            method=way.method,
            prefer=way.prefer,
            turns=way.turns,
        )

    @api.model
    def _open_leads(self, agents):
        # sudo: leads.agent.assignment - how many leads the agents hold, for any caller
        Assignment = self.env["leads.agent.assignment"].sudo()
        rows = Assignment._read_group(
            [("agent_id", "in", agents.ids), ("state", "=", "active")], ["agent_id"], ["__count"]
        )
        return {agent.id: count for agent, count in rows}

    @api.model
    def _leads(self, partner_ids, prefer, known):
        """Read what the preferences need of each lead, in one query."""

        def lead(partner_id, *wishes):
            fact = known.get(partner_id)
            bound = (fact.company_id or 0, fact.holder_id or 0) if fact else (0, 0)
            return distribution.Lead(partner_id, *wishes, *bound)

        if not prefer:
            return [lead(partner_id, 0, "", 0) for partner_id in partner_ids]
        self.env["leads.agent.assignment"].flush_model(["partner_id", "agent_id", "assigned_at", "end_reason"])
        self.env["res.partner"].flush_model(["lang", "country_id"])
        # In SQL: reads only the last assignment of each of up to 1,000 customers, not all of them.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, COALESCE(a.agent_id, 0), COALESCE(p.lang, ''), COALESCE(p.country_id, 0)
                  FROM unnest(%s::int[]) WITH ORDINALITY AS t (id, place)
                  JOIN res_partner p ON p.id = t.id
             LEFT JOIN LATERAL (
                       SELECT agent_id FROM leads_agent_assignment
                        WHERE partner_id = t.id AND end_reason IS DISTINCT FROM 'undone'
                     ORDER BY assigned_at DESC, id DESC
                        LIMIT 1
                       ) a ON TRUE
              ORDER BY t.place
                """,
                list(partner_ids),
            )
        )
        return [lead(*row) for row in rows]
