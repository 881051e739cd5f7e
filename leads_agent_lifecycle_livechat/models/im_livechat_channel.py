from odoo import fields, models


class ImLivechatChannel(models.Model):
    _inherit = "im_livechat.channel"

    leads_make_leads = fields.Boolean(
        string="Visitors Become Leads",
        default=True,
        help="A visitor is a lead from their first message on. Who said nothing of themselves stands under No Info.",
    )
