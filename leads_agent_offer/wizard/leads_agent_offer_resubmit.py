from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentOfferResubmit(models.TransientModel):
    """*Edit and Resubmit*: a lead that nobody took is routed again, with a changed subject or text.

    Users who may read the lead edit its current text. An agent in the catch-all does not see it before accepting, as
    with any offer: their input replaces the current text, and empty fields leave it unchanged.
    """

    _name = "leads.agent.offer.resubmit"
    _description = "Edit and Resubmit a Catch-All Lead"

    offer_id = Link("leads.agent.offer", required=True, readonly=True, ondelete="cascade")
    may_read = fields.Boolean(compute="_compute_may_read")
    name = fields.Char(
        string="Subject", compute="_compute_words", store=True, readonly=False, help="Tags found here have more weight."
    )
    description = fields.Html(
        string="Customer's Message",
        compute="_compute_words",
        store=True,
        readonly=False,
        help="This text is also searched for tags.",
    )

    @api.constrains("offer_id")
    def _check_offer(self):
        for wizard in self:
            # Check the user of the request, since constraints may run elevated
            wizard.offer_id.with_user(self.env.user).sudo(False)._own_catch_all()

    def _readable_lead(self):
        """Return the lead with the rights of the user; empty if they may not read it."""
        # sudo: leads.agent.offer - agents cannot read the link to the lead; their access to the lead is checked here
        lead = self.offer_id.sudo().lead_id.with_user(self.env.user).sudo(False)
        return lead if lead and lead.has_access("read") else lead.browse()

    @api.depends("offer_id")
    @api.depends_context("uid")
    def _compute_may_read(self):
        for wizard in self:
            wizard.may_read = bool(wizard._readable_lead())

    @api.depends("offer_id")
    def _compute_words(self):
        for wizard in self:
            lead = wizard._readable_lead()
            wizard.name = lead.name
            wizard.description = lead.description

    @takes(given.one)
    def action_resubmit(self):
        """Route the lead again.

        :raises AccessError: if the offer belongs to somebody else
        :raises UserError: when it is too late
        """
        self.ensure_one()
        description = self.description if html2plaintext(self.description or "").strip() else False
        self.offer_id.action_resubmit((self.name or "").strip(), description)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The lead is routed again."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
