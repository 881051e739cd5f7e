from odoo import fields, models


class ImLivechatChannel(models.Model):
    _inherit = "im_livechat.channel"

    leads_make_leads = fields.Boolean(
        string="Visitors Become Leads",
        default=True,
        help="A visitor becomes a lead with the first message. Visitors who give no details are listed under No Info.",
    )
