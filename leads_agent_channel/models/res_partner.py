from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Whoever writes is looked for by e-mail and by number; whoever is erased leaves no words behind."""

    _inherit = "res.partner"

    _leads_email = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _leads_number = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_received(self):
        """Who is erased leaves no words behind, neither as a known lead nor as a sender."""
        # sudo: leads.agent.received - whoever may delete the contact deletes what they said
        contacts = self.sudo()
        names = {name for name in contacts._leads_sender_names() if name}
        # Who goes by the same address stays: two contacts of one person are being made one.
        same = contacts.with_context(active_test=False).search(
            Domain("email_normalized", "in", list(names)) & Domain("id", "not in", self.ids)
        )
        senders = list(names - set(same.mapped("email_normalized")))
        about = Domain("partner_id", "in", self.ids) | Domain("email_from", "in", senders)
        contacts.env["leads.agent.received"].search(about)._forget()

    def _leads_sender_names(self):
        """Elevated: what channels call these contacts."""
        return self.mapped("email_normalized")
