from . import leads_agent_assign, leads_agent_reassign, leads_agent_resolve
