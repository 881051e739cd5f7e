from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentZone(models.TransientModel):
    """*Confirm the Time Zone* of a customer, when neither address nor number identify it."""

    _name = "leads.agent.zone"
    _description = "Time Zone of a Customer"

    partner_id = Link("res.partner", string="Customer", required=True, readonly=True)
    zone = fields.Selection(_tz_get, string="Time Zone", required=True)

    @takes(given.one)
    def action_confirm(self):
        self.ensure_one()
        self.env["leads.agent.desk"].confirm_zone(self.partner_id.id, self.zone)
        return {"type": "ir.actions.act_window_close"}
