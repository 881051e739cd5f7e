from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class LeadsAgentLifecycleSetup(models.AbstractModel):
    """Configuration that every move of a lead reads: it is cached until it changes.

    A stage or status in use can neither be archived nor deleted.
    """

    _name = "leads.agent.lifecycle.setup"
    _description = "Life Cycle Setup"
    # The field of a lead that refers to this model.
    _lead_field = None

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    @takes(vals=given.values)
    def write(self, vals):
        if vals.get("active") is False:
            self._check_unused()
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @takes()
    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        """:raises UserError: if a lead uses one of the records, including archived leads and leads out of sight"""
        if not self._lead_field:
            return
        # sudo: res.partner - only whether there is such a lead
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if lead := partners.search([(self._lead_field, "in", self.ids)], limit=1):
            raise UserError(lead[self._lead_field]._text_in_use())

    def _text_in_use(self):
        raise NotImplementedError
