from . import (
    ir_http,
    leads_agent_received,
    mail_alias,
    mail_thread,
    res_company,
    res_config_settings,
    res_partner,
)
