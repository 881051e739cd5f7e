import json

from odoo import models

from ..tools import meta


class LeadsAgentReceived(models.Model):
    _inherit = "leads.agent.received"

    def _try_again(self):
        """What Meta's webhook brought is read again as it came."""
        mine = self.filtered(lambda row: row.channel in meta.CHANNELS.values())
        for row in mine:
            for said in meta.said(json.loads(row.body)):
                self.env["leads.agent.inbound"]._take_in_safely(said, row)
        return super(LeadsAgentReceived, self - mine)._try_again()
