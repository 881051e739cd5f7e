from odoo import api, models
from odoo.tools import SQL


class LeadsAgentDashboard(models.AbstractModel):
    _inherit = "leads.agent.dashboard"

    @api.model
    def _lead_columns(self):
        """Add stage, status, channel, company and officers of each lead to the same query."""
        Partner = self.env["res.partner"]
        Partner.flush_model(["lead_stage_id", "lead_status_id", "lead_channel", "company_name"])
        self.env["leads.agent.officer"].flush_model()
        columns = {
            name: SQL(
                "(SELECT %(label)s FROM %(table)s x WHERE x.id = p.%(column)s)",
                label=self.env[model]._field_to_sql("x", "name"),
                table=SQL.identifier(self.env[model]._table),
                column=SQL.identifier(f"lead_{name}_id"),
            )
            for name, model in (("stage", "leads.agent.stage"), ("status", "leads.agent.status"))
        }
        labels = Partner._fields["lead_channel"]._description_selection(self.env)
        columns["channel"] = SQL(
            "CASE p.lead_channel %s END", SQL(" ").join(SQL("WHEN %s THEN %s", *option) for option in labels)
        )
        # Typed on the website; the lead has no known company.
        columns["company"] = SQL("CASE WHEN NOT COALESCE(p.is_company, FALSE) THEN NULLIF(p.company_name, '') END")
        columns["officers"] = SQL(
            """
            (SELECT string_agg((SELECT name FROM res_partner WHERE id = u.partner_id), ', '
                               ORDER BY COALESCE(f.is_primary, FALSE) DESC, f.id)
               FROM leads_agent_officer f JOIN res_users u ON u.id = f.user_id
              WHERE f.partner_id = p.id)
            """
        )
        return super()._lead_columns() | columns
