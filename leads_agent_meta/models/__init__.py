from . import leads_agent_inbound, leads_agent_meta_receiver
