"""Move the pages behind the links of offers to an addon of their own."""

from odoo.addons.leads_agent.tools.moving import Moving

LINK = Moving("leads_agent_offer", "leads_agent_offer_link", fields={"leads.agent.offer": ("link_sent_at",)})


def migrate(cr, version):
    """Move records with their IDs and values, so that links, customised pages and translations stay valid."""
    LINK.move(cr)
