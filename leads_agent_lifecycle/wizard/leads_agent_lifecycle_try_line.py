from odoo import models

from odoo.addons.leads_agent.fields import Link


class LeadsAgentLifecycleTryLine(models.TransientModel):
    _name = "leads.agent.lifecycle.try.line"
    _description = "Lead That a Rule Would Move"

    try_id = Link("leads.agent.lifecycle.try", required=True, ondelete="cascade")
    partner_id = Link("res.partner", string="Lead", ondelete="cascade")
    stage_from_id = Link("leads.agent.stage", string="From Stage", ondelete="cascade")
    status_from_id = Link("leads.agent.status", string="From Status", ondelete="cascade")
    stage_id = Link("leads.agent.stage", string="To Stage", ondelete="cascade")
    status_id = Link("leads.agent.status", string="To Status", ondelete="cascade")
