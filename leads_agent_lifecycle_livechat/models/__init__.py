from . import discuss_channel, im_livechat_channel, leads_agent_identity, res_partner
