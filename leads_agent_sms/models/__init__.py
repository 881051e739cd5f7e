from . import leads_agent_assignment, leads_agent_disposition
