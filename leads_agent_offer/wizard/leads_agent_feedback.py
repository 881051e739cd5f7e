from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from ..models.crm_lead import CONVERSIONS
from ..tools import performance


class LeadsAgentFeedback(models.TransientModel):
    """*Give Feedback*: the owner of a lead reports its outcome, and gets points for each item given."""

    _name = "leads.agent.feedback"
    _description = "Lead Feedback"

    # An integer: a link would reveal the name of a lead out of sight while the form is being filled in.
    lead_id = fields.Integer(required=True, export_string_translation=False)
    conversion = fields.Selection(CONVERSIONS, required=True, default="progress")
    expected_revenue = fields.Float(string="Expected Value")
    outcome = fields.Text(help="What was said, and the next steps.")

    @api.constrains("expected_revenue")
    def _check_expected_revenue(self):
        if any(feedback.expected_revenue < 0 for feedback in self):
            raise UserError(self.env._("The expected value cannot be negative."))

    @takes(given.one)
    def action_tell(self):
        """Store the feedback.

        :raises AccessError: if the lead belongs to somebody else
        """
        self.ensure_one()
        lead = self.env["crm.lead"].browse(self.lead_id)
        lead.check_access("read")
        if lead.user_id != self.env.user:
            raise AccessError(self.env._("Only the owner of a lead can give feedback."))
        # sudo: crm.lead - owners update their own lead; agents have no write access to leads
        lead = lead.sudo()
        items = 1 + bool((self.outcome or "").strip()) + bool(self.expected_revenue)
        if self.expected_revenue:
            lead.expected_revenue = self.expected_revenue
        if self.conversion == "won" and lead.won_status != "won":
            lead.action_set_won()
        elif self.conversion == "lost" and lead.won_status != "lost":
            lead.action_set_lost()
        labels = dict(self._fields["conversion"]._description_selection(self.env))
        lead.message_post(
            body=self.env._(
                "%(conversion)s. %(outcome)s", conversion=labels[self.conversion], outcome=self.outcome or ""
            ),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        self._reward(lead, items)
        requests = lead.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == self.env.ref("leads_agent_offer.activity_feedback")
                and activity.user_id == self.env.user
            )
        )
        requests.sorted("date_deadline")[:1].action_feedback()
        return {"type": "ir.actions.act_window_close"}

    def _reward(self, lead, items):
        offer = lead.leads_offer_ids.filtered(
            lambda offer: offer.state == "accepted" and offer.agent_id == self.env.user
        )[:1]
        # sudo: leads.agent.score.entry - only the ledger adds points
        Entry = self.env["leads.agent.score.entry"].sudo()
        given = sum(Entry.search([("offer_id", "=", offer.id), ("cause", "=", "feedback")]).mapped("points"))
        if offer and (points := performance.feedback_points(items, given)):
            Entry._add("feedback", offer, points)
