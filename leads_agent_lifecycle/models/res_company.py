from odoo import fields, models

from odoo.addons.leads_agent.fields import Bounded


class ResCompany(models.Model):
    _inherit = "res.company"

    leads_officers_see = fields.Boolean(
        string="Officers See Their Leads",
        help="Agents who are locked to assigned customers also see the customers for whom they are a "
        "relationship officer.",
    )
    leads_stop_blocks_calls = fields.Boolean(
        string="Stop Words Block Calls",
        default=True,
        help="Leads who write STOP on any channel are not called either, and their open callbacks are cancelled.",
    )
    leads_keep_no_info_days = Bounded(
        string="Days to Keep Leads Without Contact Details",
        most=3650,
        help="Leads without a name, e-mail and phone number are deleted after this many days. 0: never.",
    )
