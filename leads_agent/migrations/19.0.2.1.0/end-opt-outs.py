from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """At the end, as opt-outs came with another addon: customers who did not want calls are opted out."""
    api.Environment(cr, SUPERUSER_ID, {})["leads.agent.opt.out"]._adopt_outcomes()
