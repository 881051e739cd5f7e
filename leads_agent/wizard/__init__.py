from . import (
    base_partner_merge,
    leads_agent_assign,
    leads_agent_reassign,
    leads_agent_resolve,
)
