from . import leads_agent_assignment, leads_agent_offered_mixin, leads_agent_sight_mixin
from . import leads_agent_document_sight_mixin
from . import access
from . import (
    leads_agent_batch_assign,
    leads_agent_batch_assign_line,
    leads_agent_closed_model,
    leads_agent_dashboard,
    leads_agent_disposition,
    leads_agent_history,
    leads_agent_wording,
)
from . import (
    crm_team,
    ir_actions_actions,
    ir_http,
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
    res_users,
    resource_calendar,
    sale_order,
)
