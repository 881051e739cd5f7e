from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent_call.scoring import Term


class LeadsAgentDesk(models.AbstractModel):
    """The order of *Next* includes the weight of the lead's stage."""

    _inherit = "leads.agent.desk"

    @api.model
    def _score_terms(self, alias):
        terms = super()._score_terms(alias)
        if not self.env["leads.agent.stage"]._weights():
            return terms
        self.env["res.partner"].flush_model(["lead_stage_id"])
        weight = SQL(
            """
            COALESCE((
                SELECT ln(stage.weight) / ln(2)
                  FROM res_partner lead JOIN leads_agent_stage stage ON stage.id = lead.lead_stage_id
                 WHERE lead.id = %s), 0)
            """,
            SQL.identifier(alias, "partner_id"),
        )
        return [*terms, Term(weight, self._stage_reason)]

    @api.model
    def _stage_reason(self, facts, _currency):
        return self.env._("Leads in this stage count %g times.", facts.weight) if facts.weight != 1 else ""

    @api.model
    def _facts(self, partner_ids, weights=None):
        facts_of = super()._facts(partner_ids, weights)
        if facts_of and (weight_of := self.env["leads.agent.stage"]._weights()):
            weighty = Domain("id", "in", list(facts_of)) & Domain("lead_stage_id", "in", list(weight_of))
            # sudo: res.partner - only the stages of the requested leads, of all companies and archived ones
            partners = self.env["res.partner"].sudo().with_context(active_test=False)
            for lead in partners.search_fetch(weighty, ["lead_stage_id"], order="id"):
                facts_of[lead.id] = replace(facts_of[lead.id], weight=weight_of[lead.lead_stage_id.id])
        return facts_of

    @api.model
    def _refresh_priorities(self, domain):
        """Recompute priorities after leads changed their stage, or a stage its weight."""
        # sudo: leads.agent.assignment - only the priority, which follows from the stage
        Assignment = self.env["leads.agent.assignment"].sudo()
        domain &= Domain("state", "=", "active")
        for [company] in Assignment._read_group(domain, ["company_id"]):
            Assignment.with_company(company)._refresh_priorities(domain & Domain("company_id", "=", company.id))
