from odoo import api, models

from odoo.addons.leads_agent_lifecycle.tools import phone_forms


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _leads_text(self):
        """Also search for tags in the customer's stage, status and channel, and the names of the officers."""
        text = super()._leads_text()
        if not self.partner_id:
            return text
        # sudo: res.partner - routing reads the customer, regardless of the current user
        customer = self.partner_id.sudo()
        pieces = [
            text,
            customer.lead_stage_id.name,
            customer.lead_status_id.name,
            dict(customer._fields["lead_channel"]._description_selection(self.env)).get(customer.lead_channel),
            *customer.lead_officer_ids.user_id.mapped("name"),
        ]
        return "\n".join(piece for piece in pieces if piece)

    @api.model
    def _leads_number_forms(self, number):
        return phone_forms.forms(number)
