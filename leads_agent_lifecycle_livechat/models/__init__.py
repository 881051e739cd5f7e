from . import discuss_channel, im_livechat_channel, ir_websocket, leads_agent_identity, rating_rating, res_partner
