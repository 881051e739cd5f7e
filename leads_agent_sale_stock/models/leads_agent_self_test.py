from odoo import api, models


class LeadsAgentSelfTest(models.Model):
    _inherit = "leads.agent.self.test"

    @api.model
    def _accepted(self):
        own = self.env._("Names the own company's addresses: nothing of a customer. Not tested.")
        return super()._accepted() | {"stock.warehouse": own, "stock.rule": own}
