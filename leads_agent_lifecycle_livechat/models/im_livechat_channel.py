from odoo import fields, models


class ImLivechatChannel(models.Model):
    _inherit = "im_livechat.channel"

    leads_make_leads = fields.Boolean(
        string="Visitors Become Leads",
        default=True,
        help="Visitors become leads when they send their first message. Visitors who give no details are "
        "listed under No Info.",
    )
