from . import leads_agent_call, res_partner
from . import (
    crm_team,
    ir_http,
    leads_agent_assignment,
    leads_agent_callback,
    leads_agent_calling_hours,
    leads_agent_dashboard,
    leads_agent_desk,
    leads_agent_disposition,
    leads_agent_floor,
    leads_agent_history,
    leads_agent_opt_out,
    phone_blacklist,
    res_company,
    res_config_settings,
    res_users,
    sale_order,
)
