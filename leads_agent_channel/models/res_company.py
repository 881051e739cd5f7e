from odoo import models

from odoo.addons.leads_agent.fields import Bounded


class ResCompany(models.Model):
    _inherit = "res.company"

    leads_keep_received_days = Bounded(
        string="Days to Keep Received Messages",
        default=30,
        least=1,
        most=3650,
        help="The text of messages that created no lead, failed or were held back is deleted after this many days.",
    )
