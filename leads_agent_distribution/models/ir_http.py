from odoo import models


class IrHttp(models.AbstractModel):
    """Send the agent's availability for new leads to the web client with the session."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user._is_internal() and self.env.user.can_hold_leads:
            info["leads_available"] = self.env.user.leads_available
        return info
