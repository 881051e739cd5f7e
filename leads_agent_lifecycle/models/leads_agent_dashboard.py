from odoo import api, models
from odoo.tools import SQL


class LeadsAgentDashboard(models.AbstractModel):
    _inherit = "leads.agent.dashboard"

    @api.model
    def _customer_columns(self):
        """How far each lead is, in the same query."""
        self.env["res.partner"].flush_model(["lead_stage_id", "lead_status_id"])
        return super()._customer_columns() | {
            name: SQL(
                "(SELECT %(label)s FROM %(table)s x WHERE x.id = p.%(column)s)",
                label=self.env[model]._field_to_sql("x", "name"),
                table=SQL.identifier(self.env[model]._table),
                column=SQL.identifier(f"lead_{name}_id"),
            )
            for name, model in (("stage", "leads.agent.stage"), ("status", "leads.agent.status"))
        }
