from odoo import models
from odoo.fields import Domain


class MailGuest(models.Model):
    """Odoo shows every employee the name and e-mail of all guests, visitors of live chats among them.

    Agents see the guests of conversations that they may read.
    """

    _name = "mail.guest"
    _inherit = ["mail.guest", "leads.agent.sight.mixin"]

    def _leads_sight_domain(self):
        return Domain("channel_ids", "in", self.env["discuss.channel"].sudo(False)._search([]))
