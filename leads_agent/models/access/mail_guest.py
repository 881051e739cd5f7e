from odoo import models
from odoo.fields import Domain


class MailGuest(models.Model):
    """Agents see only the guests of conversations that they may read.

    Odoo shows every employee the name and e-mail of all guests, including visitors of live chats.
    """

    _name = "mail.guest"
    _inherit = ["mail.guest", "leads.agent.sight.mixin"]

    def _leads_sight_domain(self):
        return Domain("channel_ids", "in", self.env["discuss.channel"].sudo(False)._search([]))
