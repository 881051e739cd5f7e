from . import ir_http, leads_agent_offer
