from . import leads_agent_received
