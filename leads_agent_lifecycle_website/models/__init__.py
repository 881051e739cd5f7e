from . import leads_agent_received, res_partner, website
