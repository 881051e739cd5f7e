from odoo import models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _leads_takes_mail(self):
        """Also take mail to addresses that make leads of their senders."""
        is_ours = self.alias_model_id.model == "res.partner" and "'lead_channel': 'mail'" in (self.alias_defaults or "")
        return is_ours or super()._leads_takes_mail()
