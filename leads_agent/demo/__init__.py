from . import leads_agent_demo
