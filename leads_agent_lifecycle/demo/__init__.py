from . import leads_agent_lifecycle_demo
