from odoo import models

from .. import home


class IrHttp(models.AbstractModel):
    """The web client knows from the start whether a home action is still to be offered to the user."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user._is_internal() and (offered := home.offered(self.env.user)):
            info["leads_home_offered"] = offered.name
        return info
