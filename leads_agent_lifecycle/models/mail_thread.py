from odoo import models


class MailThread(models.AbstractModel):
    """Odoo does not know who wrote a mail once they are archived; they are active again by it."""

    _inherit = "mail.thread"

    def _message_parse_post_process(self, message, message_dict, routes):
        values = super()._message_parse_post_process(message, message_dict, routes)
        if not values.get("author_id") and any(route[0] in ("res.partner", "sale.order") for route in routes or ()):
            # sudo: res.partner - whoever sends a mail has no user
            if author := self.env["res.partner"].sudo()._lead_find(email=message_dict["email_from"]):
                values["author_id"] = author.id
        return values
