from odoo import models


class ResPartner(models.Model):
    """Whom an enquiry comes from is looked for by e-mail and by number, at each step of each offer."""

    _inherit = "res.partner"

    _leads_email = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _leads_number = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
