"""Giving leads to agents: the only place where a lead of the routing gets an owner.

A plain object beside the model ``crm.lead``; whoever uses it brings an elevated lead, and has taken its turn::

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
        # Without the defaults of a client: what is made here is made by the routing.
        self.lead = lead.with_context(clean_context(lead.env.context), mail_auto_subscribe_no_notify=True)
        self.env = self.lead.env

    def give(self, agent, cause, offer=None, partner=None, *, alone=False):
        """Make an agent the owner of a lead: the only place where a lead of the routing gets one.

        :param agent: ``res.users``
        :param str cause: a cause of the ledger: ``accepted``, ``accepted_again``, ``coalesced`` or ``assigned``
        :param offer: the offer that was accepted; without one, an accepted one is written down
        :param partner: the customer, if known
        :param bool alone: whoever calls this sees to what else the person asked for
        :raises UserError: when the agent may have no more leads, or nobody may be given the customer
        """
        lead, env, process = self.lead, self.env, Process(self.lead)
        if not offer:
            routing_id = self._note(agent, cause, partner)
            offer = Offering(env).accepted(lead, agent, cause, routing_id)
        lead._leads_open_offers(but=offer)._recall()
        customer = lead.partner_id or partner or lead._create_customer()
        # Somebody archived who asks again is a customer again.
        (customer | customer.commercial_partner_id).filtered(lambda partner: not partner.active).active = True
        # Odoo moves a lead to the team of its salesperson; this one stays with the call center it came to.
        values = {"partner_id": customer.id, "user_id": agent.id, "team_id": lead.team_id.id}
        # First, so that what follows is not taken for a decision by another way.
        process.move("accepted")
        lead.write(values)
        env["leads.agent.score.entry"]._add(cause, offer)
        # A manager of the catch-all who does not call owns the lead alone.
        if agent.can_hold_leads:
            self._assign(agent, offer, cause)
            if not alone:
                People(lead).give_others(agent, lead.partner_id)
        self._ask_for_feedback(agent)
        process.wake({fields.Datetime.now()})

    def _note(self, agent, cause, customer):
        """The audit of a lead that goes to an agent without an offer.

        :returns: the id of the routing
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
        """Why an agent got the lead without an offer, with the names of this moment."""
        if cause == "assigned":
            return self.env._(
                "%(user)s of the catch-all gave the lead to %(agent)s.", user=self.env.user.name, agent=agent.name
            )
        names = {"agent": agent.name, "customer": customer.complete_name or ""}
        if customer and customer.commercial_partner_id == self.lead.partner_id.commercial_partner_id:
            return self.env._("%(agent)s holds %(customer)s, the customer on the lead.", **names)
        if customer.email_normalized and customer.email_normalized == self.lead.email_normalized:
            return self.env._("%(agent)s holds %(customer)s, who has the e-mail address of the lead.", **names)
        if customer.phone_sanitized in {number for _lead_id, number in People(self.lead).numbers()}:
            return self.env._("%(agent)s holds %(customer)s, who has the phone number of the lead.", **names)
        return self.env._("%(agent)s got another lead of the same person, %(customer)s.", **names)

    def _assign(self, agent, offer, cause):
        """The customer goes to the agent who owns the lead: under the lock, both are in sight together."""
        env = self.lead.with_company(self.lead._leads_company()).env
        request = Request(self.lead.partner_id.id, agent.id, words.reason(offer, cause))
        [result] = Assigning(env, Terms("offer", unconditional=True)).run([request])
        # A repeat lead is not held up by what stands against a second record of its customer; by its agent, it is.
        if result.result == "failed" or (result.result not in ("assigned", "already") and cause != "coalesced"):
            raise UserError(result.reason)

    def _ask_for_feedback(self, agent):
        """To-dos after 1, 7 and 21 days: how did it go?"""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id("leads_agent_offer.activity_feedback")
        activity_type = self.env["mail.activity.type"].browse(type_id or [])
        today = fields.Date.context_today(self.lead.with_context(tz=agent.tz))
        # All at once: Odoo's own activity_schedule makes one at a time for a lead.
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": self.env._("How does this lead go?"),
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
