import xmlrpc.client

from markupsafe import Markup

from odoo import api, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from ..mail_intake import Intake, MailIntake
from ..tools import automatic, mail_source


class MailThread(models.AbstractModel):
    """Record mail to leads before Odoo's gateway processes it, and keep the gateway from failing on it."""

    _inherit = "mail.thread"

    @api.model
    @takes(custom_values=given.optional(given.values))
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        how = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        if Intake.of(self.env):
            return super().message_process(model, message, **how)
        source = message.data if isinstance(message, xmlrpc.client.Binary) else message
        source = source.encode(errors="replace") if isinstance(source, str) else source
        # sudo: leads.agent.received - the mail gateway user has no rights on received messages
        Received = self.env["leads.agent.received"].sudo()
        arrival = MailIntake(Received).arrival(source, model, **how) if isinstance(source, bytes) else None
        if not arrival:
            return super().message_process(model, message, **how)
        return Received.browse(Received._arrive([arrival]))._take_in_apart()

    @api.model
    def message_parse(self, message, save_original=False):
        parsed = super().message_parse(message, save_original=save_original)
        if Intake.of(self.env):
            parsed = {name: _storable(value) for name, value in parsed.items()}
        return parsed

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Drop mail that no person wrote. Odoo itself learns invalid addresses from bounces."""
        intake = Intake.of(self.env)
        if intake:
            if intake.is_released:
                message_dict["is_bounce"] = False
            if message_dict.get("is_bounce"):
                intake.held_because = automatic.BOUNCE
            elif why := intake.why_held(message_dict.get("subject") or "", message_dict.get("body") or ""):
                intake.held_because = why
                return []
        return super().message_route(message, message_dict, model, thread_id, custom_values)


def _storable(value):
    """Make the texts of a parsed mail, and names of attachments, storable in PostgreSQL."""
    if isinstance(value, str) and (clean := mail_source.storable(value)) != value:
        return Markup(clean) if isinstance(value, Markup) else clean
    if isinstance(value, list):
        return [one._replace(fname=_storable(one.fname)) if hasattr(one, "_replace") else one for one in value]
    return value
