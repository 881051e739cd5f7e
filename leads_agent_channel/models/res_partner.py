from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Senders are found by e-mail and by number; deleting a contact deletes the texts of its messages."""

    _inherit = "res.partner"

    _leads_email = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _leads_number = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_received(self):
        """Delete the texts of a deleted contact's messages, as a known lead and as a sender."""
        # sudo: leads.agent.received - users who may delete the contact delete its texts too
        contacts = self.sudo()
        names = {name for name in contacts._leads_sender_names() if name}
        # Keep texts if another contact has the same address: the contacts are being merged.
        same = contacts.with_context(active_test=False).search(
            Domain("email_normalized", "in", list(names)) & Domain("id", "not in", self.ids)
        )
        senders = list(names - set(same.mapped("email_normalized")))
        about = Domain("partner_id", "in", self.ids) | Domain("email_from", "in", senders)
        contacts.env["leads.agent.received"].search(about)._forget()

    def _leads_sender_names(self):
        """Elevated: return the names that channels use for these contacts."""
        return self.mapped("email_normalized")
