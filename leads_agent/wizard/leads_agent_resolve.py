from odoo import api, fields, models
from odoo.exceptions import UserError

from ..arguments import takes
from ..fields import Link
from ..tools import given


class LeadsAgentResolve(models.TransientModel):
    """*Mark Lead As Resolved*: close leads without a sale, with exactly one sales disposition."""

    _name = "leads.agent.resolve"
    _description = "Mark Lead As Resolved"

    assignment_id = Link("leads.agent.assignment", string="Lead")
    assignment_ids = fields.Many2many("leads.agent.assignment", string="Leads")
    lead_count = fields.Integer(compute="_compute_lead_count")
    partner_id = Link(related="assignment_id.partner_id", related_sudo=False)
    available_disposition_ids = fields.Many2many(
        "leads.agent.disposition", compute="_compute_available_disposition_ids"
    )
    disposition_id = Link("leads.agent.disposition", domain="[('id', 'in', available_disposition_ids)]")
    note = fields.Text(help="What the customer said. Colleagues who call later read it.")
    effects = fields.Text(string="What Will Happen", compute="_compute_effects")

    @api.depends("assignment_id", "assignment_ids")
    def _compute_lead_count(self):
        for wizard in self:
            wizard.lead_count = len(wizard._leads())

    @api.depends("assignment_id", "assignment_ids")
    def _compute_available_disposition_ids(self):
        """Sales dispositions of the call centers of every holder, and of all call centers."""
        Disposition = self.env["leads.agent.disposition"]
        dispositions = Disposition.search(Disposition._closing_domain()) - Disposition._set_by_sale()
        for wizard in self:
            available = dispositions
            for agent in wizard._leads().agent_id:
                available = available._available_to(agent)
            wizard.available_disposition_ids = available

    @api.depends("disposition_id", "assignment_id", "assignment_ids")
    def _compute_effects(self):
        for wizard in self:
            leads = wizard._leads()
            is_known = wizard.disposition_id and leads
            wizard.effects = "\n".join(wizard._effect_sentences(leads)) if is_known else False

    def _effect_sentences(self, leads):
        """Hook: return what resolving these leads will do, in sentences."""
        days, count = self.disposition_id.cooling_days, len(leads)
        if count == 1:
            sentences = [
                self.env._("The lead is closed, and not assigned again for %s days.", days)
                if days
                else self.env._("The lead is closed.")
            ]
        else:
            sentences = [
                self.env._(
                    "%(count)s leads are closed, and not assigned again for %(days)s days.", count=count, days=days
                )
                if days
                else self.env._("%s leads are closed.", count)
            ]
        if self.env.user not in leads.agent_id:
            return sentences
        # sudo: res.company - a setting of the companies of the user's own leads
        minutes = min(leads.company_id.sudo().mapped("leads_agent_grace_minutes"))
        return [*sentences, self.env._("You can reopen it for %s minutes.", minutes)] if count == 1 else sentences

    def _leads(self):
        return self.assignment_id._origin | self.assignment_ids._origin

    @takes(given.one)
    def action_resolve(self):
        """Close the leads.

        :raises UserError: without a disposition, with one that is not offered, or when a lead is no longer active
        """
        self.ensure_one()
        leads = self._leads()
        leads._check_may_resolve()
        disposition = self.disposition_id.exists()
        if not disposition:
            raise UserError(self.env._("Choose a disposition: it says why the lead is closed."))
        if disposition not in self.available_disposition_ids:
            raise UserError(self.env._("The disposition %s cannot be used to close this lead.", disposition.name))
        # sudo: leads.agent.assignment - the right to resolve was checked; nobody may write what ending writes
        if not self._resolve(leads.sudo()):
            raise UserError(
                self.env._("Nothing to resolve: somebody else closed or reassigned the lead in the meantime.")
            )
        return {"type": "ir.actions.act_window_close"}

    def _resolve(self, leads):
        """Elevated: close leads, and return those that were still active. A hook."""
        return leads._end("resolved", disposition=self.disposition_id, note=(self.note or "").strip())
