from odoo import api, fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentAccept(models.TransientModel):
    """*Accept* for companies with terms: the agent reads them and agrees."""

    _name = "leads.agent.accept"
    _description = "Accept an Offer with Terms"

    offer_id = Link("leads.agent.offer", required=True, readonly=True, ondelete="cascade")
    terms = fields.Html(compute="_compute_terms", compute_sudo=True)
    agreed = fields.Boolean(string="I agree to the terms")

    @api.constrains("offer_id")
    def _check_offer(self):
        for wizard in self:
            # Check the user of the request, since constraints may run elevated
            wizard.offer_id.with_user(self.env.user).sudo(False)._own()

    @api.depends("offer_id")
    def _compute_terms(self):
        for wizard in self:
            wizard.terms = wizard.offer_id._terms()

    @takes(given.one)
    def action_accept(self):
        """Accept the offer.

        :returns: an action that opens the lead
        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late, or the terms are not agreed to
        """
        self.ensure_one()
        return self.offer_id.action_accept(agreed=self.agreed)
