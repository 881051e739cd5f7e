from odoo import models


class CalendarEvent(models.Model):
    """With a record rule on events, core stumbles over those out of sight whenever messages are searched."""

    _inherit = "calendar.event"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Core reads the privacy of every event before access is checked, which fails for events out of sight."""
        if self.env.su or message_operation != "read" or not self.env.user._is_leads_agent():
            return super()._mail_get_operation_for_mail_message_operation(message_operation)
        in_sight = self.exists()._filtered_access("read")
        result = super(CalendarEvent, in_sight)._mail_get_operation_for_mail_message_operation(message_operation)
        return {**result, **dict.fromkeys(self - in_sight, "read")}
