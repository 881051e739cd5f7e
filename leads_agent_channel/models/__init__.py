from . import (
    ir_http,
    leads_agent_received,
    leads_agent_received_form,
    leads_agent_received_mail,
    mail_alias,
    mail_thread,
    res_company,
    res_config_settings,
    res_partner,
    res_partner_sender,
)
