from . import leads_agent_assignment_effects, leads_agent_sight_mixin
from . import access
from . import leads_agent_assignment
from . import (
    leads_agent_assignment_create,
    leads_agent_assignment_doors,
    leads_agent_assignment_figures,
    leads_agent_assignment_limits,
    leads_agent_assignment_moves,
    leads_agent_batch_assign,
    leads_agent_batch_assign_line,
    leads_agent_closed_model,
    leads_agent_dashboard,
    leads_agent_disposition,
    leads_agent_history,
)
from . import leads_agent_assignment_undo
from . import (
    crm_team,
    mail_activity,
    mail_message,
    mail_notification,
    mail_thread,
    product_document,
    res_company,
    res_config_settings,
)
from . import (
    res_groups,
    res_partner,
    res_partner_refusals,
    res_users,
    res_users_turns,
    resource_calendar,
    sale_order,
    sale_order_newest,
)
