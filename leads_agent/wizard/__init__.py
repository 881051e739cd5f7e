from . import (
    base_partner_merge,
    leads_agent_assign,
    leads_agent_lift,
    leads_agent_outcome,
    leads_agent_reassign,
    leads_agent_resolve,
    leads_agent_zone,
)
