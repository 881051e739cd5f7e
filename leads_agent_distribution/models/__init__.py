from . import leads_agent_assignment, res_company, res_users, resource_calendar
from . import leads_agent_batch_assign_line, leads_agent_batch_assign_share, leads_agent_rotation
from . import leads_agent_batch_assign
from . import ir_http, leads_agent_rule, leads_agent_wording, res_config_settings
