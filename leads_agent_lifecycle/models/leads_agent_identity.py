from odoo import fields, models

from odoo.addons.leads_agent.fields import Link

from ..profile import CHANNELS


class LeadsAgentIdentity(models.Model):
    """The name of a lead on a channel: a chat visitor, a number, or an ID in a social network.

    It identifies a lead who returns on the same channel.
    """

    _name = "leads.agent.identity"
    _description = "Lead Identity on a Channel"
    _order = "id desc"
    _rec_name = "key"

    partner_id = Link("res.partner", string="Lead", required=True, index=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True)
    key = fields.Char(required=True)
    asked_at = fields.Datetime(
        string="Latest STOP or START",
        readonly=True,
        help="When the latest STOP or START was sent. Messages can arrive in any order; older ones are ignored.",
    )
    seen_at = fields.Datetime(string="Last Seen", default=fields.Datetime.now)

    _one_lead_per_key = models.UniqueIndex("(channel, key)", "Somebody else already uses this ID on the channel.")
