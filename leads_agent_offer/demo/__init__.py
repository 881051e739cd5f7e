from . import leads_agent_offer_demo
