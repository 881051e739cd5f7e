"""The pages behind the links of offers are an addon of their own."""

from odoo.addons.leads_agent.tools.moving import Moving

LINK = Moving("leads_agent_offer", "leads_agent_offer_link", fields={"leads.agent.offer": ("link_sent_at",)})


def migrate(cr, version):
    """Records keep their ids and values, so what refers to them stays: links, customised pages, translations."""
    LINK.move(cr)
