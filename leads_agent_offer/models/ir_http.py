from odoo import models


class IrHttp(models.AbstractModel):
    """The session tells the web client whether the user belongs to a catch-all."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        # sudo: res.company - only whether the user belongs to the catch-all of one of their companies
        if self.env.user._is_internal() and self.env.user in self.env.user.sudo().company_ids.leads_offer_catch_all_ids:
            info["leads_catch_all"] = True
        return info
