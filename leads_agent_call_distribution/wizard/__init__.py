from . import leads_agent_hand_over
