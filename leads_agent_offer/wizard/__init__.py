from . import (
    leads_agent_accept,
    leads_agent_decline,
    leads_agent_feedback,
    leads_agent_offer_assign,
    leads_agent_offer_resubmit,
    leads_agent_score_void,
)
