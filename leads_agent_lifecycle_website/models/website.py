from odoo import models
from odoo.fields import Domain

OWN_NOTICE, NOTICE = "/leads/contact/privacy", "/privacy"


class Website(models.Model):
    _inherit = "website"

    def _leads_privacy_url(self):
        """Return the URL of the website's own privacy notice if it has one, else of the one shipped with the form."""
        mine = Domain("url", "=", NOTICE) & Domain("is_published", "=", True) & Domain(self.website_domain())
        # sudo: website.page - only whether a published page exists
        return NOTICE if self.env["website.page"].sudo().search_count(mine, limit=1) else OWN_NOTICE
