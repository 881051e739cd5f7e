from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given


class LeadsAgentDeclineReason(models.Model):
    """A reason why an agent does not take a lead, chosen when declining.

    A reason in use cannot be deleted, only archived: the offers keep it.
    """

    _name = "leads.agent.decline.reason"
    _description = "Decline Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    declined_count = fields.Integer(
        string="Declined", compute="_compute_declined_count", help="The number of offers declined for this reason."
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_declined_count(self):
        counts = dict(
            self.env["leads.agent.offer"]._read_group(
                [("decline_reason_id", "in", self.ids)], ["decline_reason_id"], ["__count"]
            )
        )
        for reason in self:
            reason.declined_count = counts.get(reason, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        # sudo: leads.agent.offer - offers of all companies keep their reason
        offer = self.env["leads.agent.offer"].sudo().search([("decline_reason_id", "in", self.ids)], limit=1)
        if offer:
            raise UserError(
                self.env._("The reason '%s' has already been used. Archive it instead.", offer.decline_reason_id.name)
            )

    @takes(given.one)
    def action_offers(self):
        """Open the offers that were declined for this reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Declined: %s", self.name),
            "res_model": "leads.agent.offer",
            "view_mode": "list,form",
            "domain": [("decline_reason_id", "=", self.id)],
        }
