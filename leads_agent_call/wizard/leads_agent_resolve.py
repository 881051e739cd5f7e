from odoo import models


class LeadsAgentResolve(models.TransientModel):
    """Customers who do not want calls get none, whether they said so in a call or otherwise.

    Other effects of a disposition only apply to calls: the quotation does not change.
    """

    _inherit = "leads.agent.resolve"

    def _resolve(self, leads):
        ended = super()._resolve(leads)
        if ended and self.disposition_id.do_not_call:
            self.disposition_id.with_env(leads.env)._block_calls(ended.partner_id)
        return ended
