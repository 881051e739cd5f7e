from odoo import api, fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    leads_script = fields.Html(
        string="Call Script",
        translate=True,
        help="What agents of this call center read beside the lead while they call.",
    )

    @api.model
    def _leads_call_center_fields(self):
        return super()._leads_call_center_fields() | {"leads_script"}
