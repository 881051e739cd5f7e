from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import ranking


class LeadsAgentRoster(models.Model):
    """A snapshot of the agents when a backlog was routed, from which the audits of its leads are computed.

    For a single lead the audit is stored. For thousands of leads routed together, this would store the verdict on
    every agent thousands of times; instead the input of the decision is stored once, and the audit of a lead is
    computed when it is read. The snapshot never changes.
    """

    _name = "leads.agent.roster"
    _description = "Agents During a Routing Run"

    agents = fields.Json(required=True, readonly=True, export_string_translation=False)
    needs = fields.Json(readonly=True, export_string_translation=False)
    settings = fields.Json(readonly=True, export_string_translation=False)

    @api.model
    def _note(self, agents, needs, settings):
        """Store the input of a routing.

        :param agents: list of :class:`ranking.Agent`
        :param needs: ``{tag_id: need}``
        :param settings: :class:`ranking.Settings`
        """
        return self.create(
            {
                "agents": ranking.packed(agents),
                "needs": list(needs.items()),
                "settings": [settings.untagged_to_all, settings.performance_weight],
            }
        )

    def _verdicts(self, hits):
        """Compute the verdicts on all agents.

        :param hits: ``{tag_id: Hit}`` of a lead
        :returns: list of :class:`ranking.Verdict`
        """
        self.ensure_one()
        needs = dict(self.needs or ())
        return ranking.judge(ranking.unpacked(self.agents), hits, needs, ranking.Settings(*self.settings))

    @api.autovacuum
    def _gc_rosters(self):
        """Delete snapshots whose leads are all deleted."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM leads_agent_roster r
                 WHERE NOT EXISTS (SELECT FROM leads_agent_routing WHERE roster_id = r.id)
                """
            )
        )
