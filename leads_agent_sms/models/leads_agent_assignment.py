from odoo import api, models


class LeadsAgentAssignment(models.Model):
    _inherit = "leads.agent.assignment"

    @api.model
    def _apply_to_customers(self, disposition, customers):
        result = super()._apply_to_customers(disposition, customers)
        if disposition.sms_template_id:
            reachable = customers.filtered(lambda customer: customer.phone_sanitized and not customer.phone_blacklisted)
            reachable._message_sms_schedule_mass(template=disposition.sms_template_id)
        return result
