from odoo import api, models


class LeadsAgentHistory(models.Model):
    _inherit = "leads.agent.history"

    @api.model
    def _log_messages(self, messages, documents):
        """A message that a lead wrote is an answer."""
        result = super()._log_messages(messages, documents)
        authors = self.env["res.partner"]
        for message, (model, res_id) in zip(messages, documents, strict=True):
            author = message.author_id
            if model in ("res.partner", "sale.order") and res_id and author.partner_share:
                customer = self.env[model].browse(int(res_id))._leads_customer()
                if author.commercial_partner_id == customer:
                    authors |= author
        authors._lead_event("answer", self.env._("Answer received"))
        return result
