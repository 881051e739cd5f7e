from . import leads_agent_call_demo
