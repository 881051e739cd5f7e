from . import leads_agent_decline, leads_agent_feedback, leads_agent_score_void
