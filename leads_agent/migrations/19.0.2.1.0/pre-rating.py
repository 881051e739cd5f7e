from odoo.addons.leads_agent.tools.moving import Moving


def migrate(cr, version):
    """The rules on ratings were those of live chat alone."""
    Moving("leads_agent_lifecycle_livechat", "leads_agent_rating").move(cr)
