from odoo import api, models

from ..arguments import takes
from ..tools import given


class IrActionsActions(models.Model):
    """The menu *Actions* of agents has nothing that would be refused."""

    _inherit = "ir.actions.actions"

    @api.model
    @takes(model_name=given.text)
    def get_bindings(self, model_name):
        bindings = super().get_bindings(model_name)
        if self.env.user._is_leads_agent() and "action" in bindings:
            bindings["action"] = [action for action in bindings["action"] if self._leads_is_offered(action["id"])]
        return bindings

    def _leads_is_offered(self, action_id):
        """Whether agents may run a bound action on all that they see.

        A server action without groups asks for the right to write the record; a dialog, for the right to create it.
        """
        # sudo: ir.actions.actions, ir.model - what the action is, whatever the user may read of actions
        action = self.sudo().browse(action_id)
        action = self.env[action.type].sudo().browse(action_id)
        if action.type == "ir.actions.server":
            return bool(action.group_ids)
        return action.type != "ir.actions.act_window" or self.env[action.res_model].has_access("create")
