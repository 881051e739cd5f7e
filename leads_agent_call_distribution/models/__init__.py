from . import leads_agent_floor
