from odoo import api, fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    leads_script = fields.Html(
        string="Call Script",
        translate=True,
        help="Shown to agents of this call center next to the lead during a call.",
    )

    @api.model
    def _leads_call_center_fields(self):
        return super()._leads_call_center_fields() | {"leads_script"}
