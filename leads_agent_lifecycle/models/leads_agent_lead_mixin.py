from odoo import fields, models

from odoo.addons.leads_agent.fields import Link

ROLES = "leads_agent.group_leads_agent,leads_agent.group_leads_manager"


class LeadsAgentLeadMixin(models.AbstractModel):
    """Fields of the lead for filtering and grouping documents of a customer."""

    _name = "leads.agent.lead.mixin"
    _description = "Lead Document"

    partner_id = Link("res.partner")
    lead_stage_id = Link(related="partner_id.lead_stage_id", string="Lead Stage", groups=ROLES)
    lead_status_id = Link(related="partner_id.lead_status_id", string="Lead Status", groups=ROLES)
    lead_channel = fields.Selection(related="partner_id.lead_channel", string="Lead Channel", groups=ROLES)
