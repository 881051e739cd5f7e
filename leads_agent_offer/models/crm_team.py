from odoo import api, fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    leads_offer_routing = fields.Boolean(
        string="Offer Incoming Leads",
        help="Leads of this call center without an owner are routed by their tags and offered to one agent at a time.",
    )

    @api.model
    def _leads_call_center_fields(self):
        return super()._leads_call_center_fields() | {"leads_offer_routing"}
