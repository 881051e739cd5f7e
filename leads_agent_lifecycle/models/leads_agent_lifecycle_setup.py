from odoo import api, models


class LeadsAgentLifecycleSetup(models.AbstractModel):
    """What managers set up, and what every move of a lead asks for: it is remembered until somebody changes it."""

    _name = "leads.agent.lifecycle.setup"
    _description = "Setup of the Life Cycle"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
