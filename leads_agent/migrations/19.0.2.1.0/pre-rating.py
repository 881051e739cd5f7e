"""The rules on ratings were those of live chat alone."""

from odoo.addons.leads_agent.tools.moving import Moving


def migrate(cr, version):
    Moving("leads_agent_lifecycle_livechat", "leads_agent_rating").move(cr)
