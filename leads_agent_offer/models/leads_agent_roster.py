from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import ranking


class LeadsAgentRoster(models.Model):
    """The agents as a backlog found them: what the audits of its leads are worked out from.

    Of a single lead the audit is written down. Of thousands that are routed together, what was decided about every
    agent would be written down thousands of times; instead the decision is written once, as what went into it, and
    worked out again for whoever reads the audit of a lead. Nothing in it changes afterwards.
    """

    _name = "leads.agent.roster"
    _description = "Agent Snapshot for a Backlog"

    agents = fields.Json(required=True, readonly=True, export_string_translation=False)
    needs = fields.Json(readonly=True, export_string_translation=False)
    settings = fields.Json(readonly=True, export_string_translation=False)

    @api.model
    def _note(self, agents, needs, settings):
        """Write down what a routing goes by.

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
        """What was decided about every agent.

        :param hits: ``{tag_id: Hit}`` of a lead
        :returns: list of :class:`ranking.Verdict`
        """
        self.ensure_one()
        needs = dict(self.needs or ())
        return ranking.judge(ranking.unpacked(self.agents), hits, needs, ranking.Settings(*self.settings))

    @api.autovacuum
    def _gc_rosters(self):
        """Those whose leads are all deleted."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM leads_agent_roster r
                 WHERE NOT EXISTS (SELECT FROM leads_agent_routing WHERE roster_id = r.id)
                """
            )
        )
