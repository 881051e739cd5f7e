"""What users changed of the data that went to other addons is theirs."""

from odoo.addons.leads_agent.tools.moving import put_back


def migrate(cr, version):
    put_back(cr)
