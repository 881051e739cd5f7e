from odoo import models


class IrHttp(models.AbstractModel):
    """Send to the web client, with the session, whether the user can take breaks and is on one."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user._is_internal() and self.env.user.can_hold_leads:
            info["leads_on_break"] = bool(self.env.user.leads_break_since)
        return info
