from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.leads_agent.tools.eligibility import Cause, Verdict
from odoo.addons.leads_agent.tools.moments import midnight

from ..tools import limits

# An agent chosen by a person may be away, and the result says so. All other sources only use agents who are available.
CHOSEN_BY_A_PERSON = ("manual", "batch", "import")


class LeadsAgentAssignment(models.Model):
    """How many leads an agent may have.

    An agent is full at a number of open leads, or at a number of new leads a day (settings of the company, or of the
    agent). Which cap applies to which source is decided in ``limits.policy``.
    """

    _inherit = "leads.agent.assignment"

    source = fields.Selection(
        selection_add=[
            ("rule", "Scheduled rule"),
            # Only on leads given back before version 19.0.2.2; since then, undoing reactivates the previous assignment.
            ("undo", "Undone batch"),
        ],
        ondelete={"rule": "set batch", "undo": "set batch"},
    )

    # ------------------------------------------------------------------
    # When leads are assigned
    # ------------------------------------------------------------------

    @api.model
    def _limit(self, verdicts, agent_of, terms):
        verdicts = super()._limit(verdicts, agent_of, terms)
        policy = limits.policy(terms.source, unconditional=terms.unconditional, reassign=terms.reassign)
        chosen = sorted({agent_of[p] for p, verdict in verdicts.items() if verdict.result == "assigned"})
        if not chosen or terms.unlimited or policy == limits.NOTHING:
            return verdicts
        agents = self.env["res.users"].browse(chosen)
        limited = limits.limit(verdicts, agent_of, self._agent_loads(agents, policy))
        if terms.source in CHOSEN_BY_A_PERSON:
            self._note_absence(limited, agent_of, agents)
        return limited

    @api.model
    def _note_absence(self, verdicts, agent_of, agents):
        """Let a person assign leads to an agent who is away, and add a note to the result."""
        absences = agents._leads_absences()
        for partner_id, verdict in verdicts.items():
            if verdict.result == "assigned" and (absence := absences.get(agent_of.get(partner_id))):
                verdicts[partner_id] = Verdict(
                    "assigned", Cause(verdict.cause, name=absence), replaces_holder=verdict.replaces_holder
                )

    # ------------------------------------------------------------------
    # Loads of agents
    # ------------------------------------------------------------------

    @api.model
    def _agent_rooms(self, agents):
        """Return how many more leads each agent may take now.

        :returns: ``{agent_id: int or None}``; None: unlimited
        """
        loads = self._agent_loads(agents)
        return {agent_id: loads[agent_id].room if agent_id in loads else None for agent_id in agents.ids}

    @api.model
    def _agent_loads(self, agents, policy=limits.EVERYTHING):
        """Return the loads of the agents that have a cap, in one query.

        :returns: ``{agent_id: limits.Load}``; agents without a cap are left out
        """
        caps = {
            agent_id: ((policy.open_leads and most_open) or None, (policy.today and most_today) or None)
            for agent_id, (most_open, most_today) in agents._leads_caps().items()
        }
        capped = sorted(agent_id for agent_id, most in caps.items() if any(most))
        if not capped:
            return {}
        self.flush_model(["agent_id", "state", "assigned_at", "ended_at", "end_reason", "source"])
        # In SQL: each agent has their own midnight, so a group would need one query per time zone.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id,
                       (SELECT count(*) FROM leads_agent_assignment WHERE agent_id = t.id AND state = 'active'),
                       (SELECT count(DISTINCT partner_id) FROM leads_agent_assignment
                         WHERE agent_id = t.id AND assigned_at >= t.midnight AND source <> 'order_entry'
                           AND (state = 'active' OR ended_at >= t.midnight)
                           AND end_reason IS DISTINCT FROM 'undone')
                  FROM unnest(%s::int[], %s::timestamp[]) AS t (id, midnight)
                """,
                capped,
                # sudo: res.users - the time zone decides when the agent's day begins
                [self._midnight(agent) for agent in self.env["res.users"].browse(capped).sudo()],
            )
        )
        return {agent_id: limits.Load(opened, today, *caps[agent_id]) for agent_id, opened, today in rows}

    @api.model
    def _midnight(self, agent):
        """Return when the agent's day began, in UTC."""
        return midnight(self.env.cr.now(), agent.tz or "UTC")
