from odoo import api, models

from ..tools import receivers


class LeadsAgentInbound(models.AbstractModel):
    """Messages to a listed number or page belong to its company."""

    _inherit = "leads.agent.inbound"

    @api.model
    def _company_of(self, said):
        return self._receiving_company(said) or super()._company_of(said)

    @api.model
    def _profile_of(self, said):
        """New senders get a profile only in the company of the number or page."""
        company = self._receiving_company(said)
        return super()._profile_of(said) | ({"company_id": company.id} if company else {})

    @api.model
    def _receiving_company(self, said):
        """Return the company of the number or page that a message was sent to, if it is listed."""
        # sudo: leads.agent.meta.receiver - Meta has no user; its signature was checked
        Receiver = self.env["leads.agent.meta.receiver"].sudo()
        return self.env["res.company"].browse(
            Receiver._company_ids().get((said.channel, receivers.key(said.payload)), ())
        )
