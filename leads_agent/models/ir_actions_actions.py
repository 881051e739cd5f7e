from odoo import api, models

from ..arguments import takes
from ..tools import given


class IrActionsActions(models.Model):
    """Hide entries of the menu *Actions* that agents would be refused."""

    _inherit = "ir.actions.actions"

    @api.model
    @takes(model_name=given.text)
    def get_bindings(self, model_name):
        bindings = super().get_bindings(model_name)
        if self.env.user._is_leads_agent() and "action" in bindings:
            bindings["action"] = [action for action in bindings["action"] if self._leads_is_offered(action["id"])]
        return bindings

    def _leads_is_offered(self, action_id):
        """Return whether agents may run a bound action on every record that they can read.

        A server action without groups requires the right to write the record; a dialog, to create its own.
        """
        # sudo: ir.actions.actions, ir.model - the action, whatever the user may read of actions
        action = self.sudo().browse(action_id)
        action = self.env[action.type].sudo().browse(action_id)
        if action.type == "ir.actions.server":
            return bool(action.group_ids)
        return action.type != "ir.actions.act_window" or self.env[action.res_model].has_access("create")
