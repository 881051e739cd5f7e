from odoo import fields, models

from odoo.addons.leads_agent.fields import Link

from ..profile import CHANNELS


class LeadsAgentVisit(models.Model):
    """A visit of a lead, with the device. Stored only with the visitor's consent."""

    _name = "leads.agent.visit"
    _description = "Lead Visit"
    _order = "at desc, id desc"
    _rec_name = "device"

    partner_id = Link("res.partner", string="Lead", required=True, index=True, ondelete="cascade")
    at = fields.Datetime(string="Date", required=True, default=fields.Datetime.now)
    channel = fields.Selection(CHANNELS, required=True)
    device = fields.Char()
    browser = fields.Char()
    page = fields.Char()
    country_id = Link("res.country")
