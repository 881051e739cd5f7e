from odoo import fields, models

from odoo.addons.leads_agent.fields import Bounded


class ResCompany(models.Model):
    _inherit = "res.company"

    leads_officers_see = fields.Boolean(
        string="Officers See Their Leads",
        help="Agents who are locked to assigned customers also see the customers they look after as "
        "relationship officers.",
    )
    leads_stop_blocks_calls = fields.Boolean(
        string="Stop Words Block Calls",
        default=True,
        help="Leads who write STOP on any channel are not called either, and their open callbacks are cancelled.",
    )
    leads_keep_no_info_days = Bounded(
        string="Days to Keep Leads Without Info",
        most=3650,
        help="Leads of whom neither name, e-mail nor phone became known are deleted after so many days. 0: never.",
    )
