from markupsafe import Markup

from odoo import api, models

TYPED = ("name", "email", "phone", "company", "city", "zip", "country", "subject", "message", "consent")


class LeadsAgentReceived(models.Model):
    """Process the contact form of the website."""

    _inherit = "leads.agent.received"

    @api.model
    def _takes_form(self, params):
        return params.get("model_name") == "leads.agent.enquiry" or super()._takes_form(params)

    def _form_made(self, record):
        if record._name != "leads.agent.enquiry":
            return super()._form_made(record)
        lead = record.lead_id
        if not lead:
            return self._became("ignored", reason=self.env._("One of our own addresses or numbers"))
        said = lead.message_ids.filtered(lambda message: message.author_id == lead)[:1]
        return self._became("lead" if record.is_new_lead else "message", lead=lead, message=said)

    def _form_again(self, model, params):
        if model != "leads.agent.enquiry":
            return super()._form_again(model, params)
        enquiry = self.env[model].create({name: params[name] for name in TYPED if params.get(name)})
        others = [(name, value) for name, value in params.items() if name not in TYPED]
        files = self._sources()
        if others or files:
            lines = Markup().join(Markup("<p>%s: %s</p>") % line for line in others)
            enquiry._message_log(body=lines, attachment_ids=[(6, 0, files.ids)])
        return enquiry
