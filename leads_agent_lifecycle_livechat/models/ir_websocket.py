from odoo import models


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Leave out the channel that notifies all operators of chats looking for help, without checking rules."""
        if self.env.user._is_leads_agent() and self.env.user.leads_locked:
            channels = [channel for channel in channels if channel != "im_livechat.looking_for_help"]
        return super()._build_bus_channel_list(channels)
