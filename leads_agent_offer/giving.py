"""Give leads to agents: the only place where the routing sets the owner of a lead.

A plain object beside the model ``crm.lead``. The caller passes an elevated lead and has locked it::

    Giving(lead).give(agent, "accepted", offer=offer)
"""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools import clean_context

from odoo.addons.leads_agent.assigning import Assigning, Request, Terms

from . import words
from .offering import Offering
from .people import People
from .process import Process

FEEDBACK_DAYS = (1, 7, 21)


class Giving:
    """A lead that is given to an agent."""

    def __init__(self, lead: BaseModel) -> None:
        lead.ensure_one()
        # Drop the defaults of the client: the routing creates these records.
        self.lead = lead.with_context(clean_context(lead.env.context), mail_auto_subscribe_no_notify=True)
        self.env = self.lead.env

    def give(self, agent, cause, offer=None, partner=None, *, alone=False):
        """Make an agent the owner of a lead. Only this method sets the owner of a routed lead.

        :param agent: ``res.users``
        :param str cause: a cause of the ledger: ``accepted``, ``accepted_again``, ``coalesced`` or ``assigned``
        :param offer: the accepted offer; without one, an accepted offer is created
        :param partner: the customer, if known
        :param bool alone: leave out other leads of the same person
        :raises UserError: when the agent may have no more leads, or the customer may not be assigned to anybody
        """
        lead, env, process = self.lead, self.env, Process(self.lead)
        if not offer:
            routing_id = self._note(agent, cause, partner)
            offer = Offering(env).accepted(lead, agent, cause, routing_id)
        lead._leads_open_offers(but=offer)._recall()
        customer = lead.partner_id or partner or lead._create_customer()
        # An archived customer who asks again becomes active again.
        (customer | customer.commercial_partner_id).filtered(lambda partner: not partner.active).active = True
        # Odoo would move the lead to the team of its salesperson; it stays with its call center.
        values = {"partner_id": customer.id, "user_id": agent.id, "team_id": lead.team_id.id}
        # First, so that the write below does not count as a change from outside the routing.
        process.move("accepted")
        lead.write(values)
        env["leads.agent.score.entry"]._add(cause, offer)
        # A manager of the catch-all who holds no leads only owns the lead.
        if agent.can_hold_leads:
            self._assign(agent, offer, cause)
            if not alone:
                People(lead).give_others(agent, lead.partner_id)
        self._ask_for_feedback(agent)
        process.schedule({fields.Datetime.now()})

    def _note(self, agent, cause, customer):
        """Record the decision for a lead that goes to an agent without an offer.

        :returns: the ID of the routing
        """
        row = {
            "lead_id": self.lead.id,
            "company_id": self.lead._leads_company().id,
            "agent_id": agent.id,
            "agent_name": agent.name,
            "cause": cause,
            "reason": self._sentence(agent, cause, customer or self.lead.partner_id),
        }
        return self.env["leads.agent.routing"]._insert([row])[self.lead.id]

    def _sentence(self, agent, cause, customer):
        """Return why an agent got the lead without an offer, with the current names."""
        if cause == "assigned":
            return self.env._(
                "%(user)s, a catch-all user, assigned the lead to %(agent)s.", user=self.env.user.name, agent=agent.name
            )
        names = {"agent": agent.name, "customer": customer.complete_name or ""}
        if customer and customer.commercial_partner_id == self.lead.partner_id.commercial_partner_id:
            return self.env._("%(agent)s holds %(customer)s, the customer of this lead.", **names)
        if customer.email_normalized and customer.email_normalized == self.lead.email_normalized:
            return self.env._("%(agent)s holds %(customer)s, who has the same e-mail address as the lead.", **names)
        if customer.phone_sanitized in {number for _lead_id, number in People(self.lead).numbers()}:
            return self.env._("%(agent)s holds %(customer)s, who has the same phone number as the lead.", **names)
        return self.env._("%(agent)s got another lead of the same person, %(customer)s.", **names)

    def _assign(self, agent, offer, cause):
        """Assign the customer to the agent who owns the lead, so that both are in sight."""
        env = self.lead.with_company(self.lead._leads_company()).env
        request = Request(self.lead.partner_id.id, agent.id, words.reason(offer, cause))
        [result] = Assigning(env, Terms("offer", unconditional=True)).run([request])
        # A refusal of a second contact of the customer does not stop a repeat lead; a refusal of the agent does.
        if result.result == "failed" or (result.result not in ("assigned", "already") and cause != "coalesced"):
            raise UserError(result.reason)

    def _ask_for_feedback(self, agent):
        """Create to-dos for feedback after 1, 7 and 21 days."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id("leads_agent_offer.activity_feedback")
        activity_type = self.env["mail.activity.type"].browse(type_id or [])
        today = fields.Date.context_today(self.lead.with_context(tz=agent.tz))
        # In one call: Odoo's activity_schedule creates one activity at a time for a lead.
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": self.env._("How is this lead going?"),
                    "note": activity_type.default_note,
                    "automated": True,
                    "date_deadline": today + timedelta(days=days),
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.lead.id,
                    "user_id": agent.id,
                }
                for days in FEEDBACK_DAYS
            ]
        )
