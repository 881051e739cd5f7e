from . import (
    discuss_channel,
    im_livechat_channel,
    ir_websocket,
    leads_agent_identity,
    leads_agent_received,
    res_partner,
)
