from odoo import models
from odoo.fields import Domain

OWN_NOTICE, NOTICE = "/leads/contact/privacy", "/privacy"


class Website(models.Model):
    _inherit = "website"

    def _leads_privacy_url(self):
        """The privacy notice of the website, where it has one, else the one that comes with the form."""
        mine = Domain("url", "=", NOTICE) & Domain("is_published", "=", True) & Domain(self.website_domain())
        # sudo: website.page - whether there is a page that everybody may read
        return NOTICE if self.env["website.page"].sudo().search_count(mine, limit=1) else OWN_NOTICE
