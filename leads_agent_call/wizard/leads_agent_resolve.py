from odoo import models
from odoo.tools import format_datetime


class LeadsAgentResolve(models.TransientModel):
    """Customers who do not want calls get none, whether they said so in a call or otherwise.

    Other effects of a disposition only apply to calls: the quotation does not change.
    """

    _inherit = "leads.agent.resolve"

    def _effect_sentences(self, leads):
        sentences = super()._effect_sentences(leads)
        if self.disposition_id.do_not_call:
            sentences.append(self.disposition_id._block_sentence())
        # sudo: leads.agent.callback - callbacks of customers whose leads the user may resolve
        callbacks = self.env["leads.agent.callback"].sudo()._open_of(leads.partner_id)
        if len(callbacks) == 1:
            when = format_datetime(self.env, callbacks.due_at, tz=self.env.user.tz or "UTC", dt_format="short")
            sentences.append(self.env._("The callback on %s is cancelled.", when))
        elif callbacks:
            sentences.append(self.env._("%s callbacks are cancelled.", len(callbacks)))
        if self.disposition_id.quotation != "keep":
            sentences.append(self.env._("The quotation stays as it is: only a call with this outcome changes it."))
        return sentences

    def _resolve(self, leads):
        ended = super()._resolve(leads)
        if ended and self.disposition_id.do_not_call:
            self.disposition_id.with_env(leads.env)._block_calls(ended.partner_id)
        return ended
