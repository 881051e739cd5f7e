from odoo import api, fields, models
from odoo.fields import Domain


class LeadsAgentHandOver(models.TransientModel):
    """Callbacks follow their leads, and leads with the highest expected value are distributed first.

    Callbacks of customers who are not the agent's leads are opened to the call center.
    """

    _inherit = "leads.agent.hand.over"
    _held_order = "priority desc nulls last, id"

    callback_ids = fields.Many2many("leads.agent.callback", string="Open Callbacks", compute="_compute_held")
    callback_count = fields.Integer(string="Number of Callbacks", compute="_compute_held")

    @api.depends("agent_id")
    def _compute_held(self):
        result = super()._compute_held()
        for wizard in self:
            wizard.callback_ids = self.env["leads.agent.callback"].search(
                Domain("agent_id", "=", wizard.agent_id.id) & Domain("state", "=", "open")
            )
            wizard.callback_count = len(wizard.callback_ids)
        return result

    def _hand_over(self):
        callbacks = self.callback_ids
        return super()._hand_over() + self._open_callbacks(callbacks)

    def _open_callbacks(self, callbacks):
        """Open callbacks to the call center whose customers are no longer leads, or never were the agent's."""
        # sudo: leads.agent.callback - managers may hand over callbacks; those of leads move with the leads
        left = callbacks.sudo().filtered(lambda callback: callback.state == "open" and not callback.agent_id)
        loose = callbacks.sudo().filtered(lambda c: c.state == "open" and c.agent_id == self.agent_id)
        loose.agent_id = False
        opened = left | loose
        return [self.env._("Callbacks open to the call center: %s.", len(opened))] if opened else []
