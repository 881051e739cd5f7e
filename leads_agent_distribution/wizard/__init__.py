from . import leads_agent_assign, leads_agent_capacity, leads_agent_hand_over
