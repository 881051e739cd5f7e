from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..assigning import Assigning, Request, Terms


class LeadsAgentAssignment(models.Model):
    """What becomes of assignments when the customer changes: moves under another company, or to another Odoo company.

    One assignment of a customer is active whatever happens, the ended ones are kept with their reason, and the cost
    does not grow with the number of customers.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _pass_to_entities(self, partners):
        """Assignments of contacts that are no customers of their own any more pass to the customer they belong to now.

        A customer whom somebody holds stays with the holder; of several contacts that come at once, the one that was
        assigned first decides. Limits are not asked: the agent gets nothing new.
        """
        held = self.search(
            Domain("partner_id", "in", partners.ids) & Domain("state", "=", "active"), order="assigned_at, id"
        ).filtered(lambda assignment: assignment.partner_id.commercial_partner_id != assignment.partner_id)
        if not held:
            return
        first = {}
        for assignment in held:
            first.setdefault(assignment.partner_id.commercial_partner_id, assignment)
        held._end(
            Domain("id", "in", held.ids),
            end_reason="merged",
            note=self.env._("Became a contact of another customer, to whom the lead passed unless somebody held it."),
        )
        groups = defaultdict(list)
        reason = self.env._("The agent held a customer who became a contact of this one.")
        for entity, assignment in first.items():
            if assignment.agent_id.can_hold_leads:
                request = Request(entity.id, assignment.agent_id.id, reason)
                groups[assignment.company_id, assignment.source].append(request)
        for (company, source), requests in groups.items():
            terms = Terms(source, unconditional=True, unlimited=True)
            results = Assigning(self.with_company(company).env, terms).run(requests)
            self._go_on_with({result.assignment: first[result.partner] for result in results if result.assignment})

    @api.model
    def _leave_ours(self, ours, partner):
        """Elevated: customers turned out to be colleagues or companies of the database, who are nobody's leads.

        :param ours: those with whom everything ends
        :param partner: the contact that the sentence in the log names
        """
        active = self.search(Domain("partner_id", "in", ours.ids) & Domain("state", "=", "active"))
        if active:
            active._end(
                Domain("id", "in", active.ids),
                end_reason="merged",
                note=ours._leads_ours_sentence(partner.complete_name),
            )
        ours._on_customers_changed("ours")

    @api.model
    def _leave_foreign_companies(self, partners):
        """End what agents hold of customers who belong to a company now in which the agent does not work."""
        held = partners.sudo().filtered("leads_agent_id")
        if not held:
            return
        active = self.search(
            Domain("partner_id", "in", held.commercial_partner_id.ids) & Domain("state", "=", "active")
        )
        foreign = active.filtered(
            lambda a: a.partner_id.company_id and a.partner_id.company_id not in a.agent_id.company_ids
        )
        for company, assignments in foreign.grouped(lambda a: a.partner_id.company_id).items():
            assignments._end(
                Domain("id", "in", assignments.ids),
                end_reason="unassigned",
                note=self.env._("The customer moved to %s, in which the agent does not work.", company.name),
            )
