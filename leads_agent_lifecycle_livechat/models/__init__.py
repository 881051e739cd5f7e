from . import discuss_channel, im_livechat_channel, ir_websocket, leads_agent_identity, res_partner
