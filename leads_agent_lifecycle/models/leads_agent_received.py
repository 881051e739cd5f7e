import json

from odoo import models
from odoo.exceptions import UserError

from ..tools import meta


class LeadsAgentReceived(models.Model):
    _inherit = "leads.agent.received"

    def _try_again(self):
        """What Meta's webhook brought is read again as it came."""
        mine = self.filtered(lambda row: row.channel in meta.CHANNELS.values())
        for row in mine:
            try:
                payload = json.loads(row.body)
            except (ValueError, RecursionError):
                raise UserError(self.env._("What came cannot be read: %s", row.key)) from None
            for said in meta.said(payload):
                self.env["leads.agent.inbound"]._take_in_safely(said, row)
        return super(LeadsAgentReceived, self - mine)._try_again()
