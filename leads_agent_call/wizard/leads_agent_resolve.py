from odoo import models


class LeadsAgentResolve(models.TransientModel):
    """A customer who does not want calls gets none, whether that was said in a call or noted without one.

    The other effects of a disposition belong to calls: the quotation stays as it is.
    """

    _inherit = "leads.agent.resolve"

    def _resolve(self, leads):
        ended = super()._resolve(leads)
        if ended and self.disposition_id.do_not_call:
            self.disposition_id.with_env(leads.env)._block_calls(ended.partner_id)
        return ended
