from . import leads_agent_disposition
