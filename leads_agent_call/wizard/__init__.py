from . import leads_agent_lift, leads_agent_outcome, leads_agent_resolve, leads_agent_zone
