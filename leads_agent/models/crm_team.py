from odoo import fields, models


class CrmTeam(models.Model):
    """A call center is a sales team that calls."""

    _inherit = "crm.team"

    leads_disposition_ids = fields.Many2many(
        "leads.agent.disposition",
        "leads_agent_disposition_team_rel",
        "team_id",
        "disposition_id",
        string="Call Dispositions",
        help="The outcomes offered to agents of this call center, besides those for all call centers.",
    )
