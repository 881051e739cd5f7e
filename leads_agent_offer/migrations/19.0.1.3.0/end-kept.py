"""Keep the users' changes to data that moved to other addons."""

from odoo.addons.leads_agent.tools.moving import put_back


def migrate(cr, version):
    put_back(cr)
