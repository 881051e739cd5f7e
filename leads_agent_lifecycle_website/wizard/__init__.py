from . import leads_agent_enquiry
