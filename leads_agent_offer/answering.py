"""Answers to offers: an agent accepts, declines or asks for another chance, in Odoo or by a link.

A plain object beside the model ``leads.agent.offer``. The caller passes an elevated offer and has checked that it
belongs to the agent::

    Answering(offer).accept(agreed=True)
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.models import BaseModel

from .giving import Giving
from .people import People
from .process import Process
from .routing import Routing
from .steps import Steps
from .tools import performance, queueing


class Answering:
    """An offer that is answered on behalf of its agent."""

    def __init__(self, offer: BaseModel) -> None:
        self.offer = offer.ensure_one()
        self.env = offer.env

    def accept(self, *, agreed=False):
        """Accept the offer on behalf of its agent. If several accept at the same moment, one succeeds.

        If somebody else holds the customer by now, the lead goes to that holder, and the offer is taken back.

        :param bool agreed: whether the agent agreed to the terms
        :returns: an action that opens the lead, or a notification that somebody else has it
        :raises UserError: when it is too late, the terms are not agreed to, the agent may hold no more leads, or the
            customer may not be assigned to anybody
        """
        offer, lead = self.offer, self.offer.lead_id
        customer, holder = self.lock_person()
        # sudo: res.users - only whether the agent may still hold leads
        if not offer.agent_id.sudo().can_hold_leads and offer.kind != "catch_all":
            raise UserError(self.env._("You no longer hold leads."))
        self.check_live()
        if not agreed:
            self.check_no_terms()
        known = {lead: (customer, holder)} if customer else {}
        if holder != offer.agent_id and People(lead).coalesce(known):
            return self._somebody_else_has_it()
        # sudo: res.users - as above
        if offer.agent_id.sudo().can_hold_leads:
            for sentence, _until in People(lead).refused(known).values():
                raise UserError(sentence)
        now = fields.Datetime.now()
        misses = offer.search_count(
            [
                ("lead_id", "=", lead.id),
                ("agent_id", "=", offer.agent_id.id),
                ("state", "=", "requeued"),
            ]
        )
        offer.write({"state": "accepted", "answered_at": now})
        Giving(lead).give(offer.agent_id, performance.acceptance(misses), offer=offer, partner=customer)
        offer._bus_changed()
        return self.open_lead()

    def open_lead(self):
        """Return an action that opens the lead.

        :raises UserError: if the offer is not accepted
        """
        if self.offer.state != "accepted":
            raise UserError(self.env._("The details of a lead can be seen once it is accepted."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.offer.lead_id.id,
            "views": [[self.env.ref("leads_agent_offer.crm_lead_view_form_agent").id, "form"]],
        }

    def _somebody_else_has_it(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Somebody else already holds the customer of this lead, and got the lead."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def decline(self, reason=None, note=""):
        """Decline the offer on behalf of its agent.

        :raises UserError: when it is too late
        """
        offer, lead = self.offer, self.offer.lead_id
        self.lock()
        self.check_live()
        offer.write(
            {
                "state": "declined",
                "answered_at": fields.Datetime.now(),
                "decline_reason_id": reason.exists().id if reason else False,
                "decline_note": (note or "").strip()[:500],
            }
        )
        if offer.kind == "exclusive":
            self.env["leads.agent.score.entry"]._add("declined", offer)
            Steps(lead).go_on()
        elif not lead._leads_open_offers():
            Steps(lead).go_on()
        offer._bus_changed()

    def request_again(self):
        """Put the offer's agent back in line; a current offer to another agent is not affected.

        :raises UserError: when there is no other chance for this lead
        """
        offer = self.offer
        self.lock()
        if not self.may_ask_again():
            raise UserError(self.env._("You cannot ask for another chance for this lead."))
        offer.write({"state": "requeued"})
        self.env["leads.agent.score.entry"]._add("requeued", offer)
        if not offer.lead_id._leads_open_offers():
            Steps(offer.lead_id).go_on()
        offer._bus_changed()

    def lock(self):
        Process(self.offer.lead_id).lock()
        self.offer.invalidate_recordset(["state", "deadline"])

    def lock_person(self):
        """Lock the leads of the same person too: see :meth:`People.lock`."""
        known = People(self.offer.lead_id).lock()
        self.offer.invalidate_recordset(["state", "deadline"])
        return known

    def check_live(self):
        """:raises UserError: when the offer can no longer be answered"""
        if self.offer._is_live():
            return
        match self.offer.state:
            case "accepted":
                raise UserError(self.env._("You have already accepted this lead."))
            case "declined":
                raise UserError(self.env._("You have declined this lead."))
            case "recalled":
                raise UserError(
                    self.env._("The lead is no longer available. Somebody else has accepted it, or it was taken back.")
                )
        raise UserError(self.env._("The time to answer is over."))

    def check_no_terms(self):
        """:raises UserError: if there are terms to agree to"""
        if self.offer._terms():
            raise UserError(self.env._("Please agree to the terms first."))

    def may_ask_again(self):
        """Whether *Give Me Another Chance* is available."""
        offer, lead = self.offer, self.offer.lead_id
        if offer.kind != "exclusive" or offer.state != "missed" or lead.leads_offer_state not in ("offered", "waiting"):
            return False
        return queueing.may_ask_again(offer.agent_id.id, Steps(lead).histories()[lead.id].offers)

    # ------------------------------------------------------------------
    # The catch-all
    # ------------------------------------------------------------------

    def check_caught(self):
        """:raises UserError: if the offer is not for the catch-all, or when it is too late"""
        if self.offer.kind != "catch_all":
            raise UserError(self.env._("Only leads that nobody took can be assigned to somebody else or resubmitted."))
        self.check_live()

    def assign_to(self, agent_id):
        """Assign the lead to an agent, or to the holder of its customer.

        :raises UserError: when it is too late, the agent may not hold leads of the company, or users assign the lead to
            themselves although there are terms: they have to accept it
        """
        customer, holder = self.lock_person()
        self.check_caught()
        lead = self.offer.lead_id
        agent = self.env["res.users"].browse(agent_id)
        agent.with_company(lead._leads_company())._check_may_hold_leads()
        if holder != agent and People(lead).coalesce({lead: (customer, holder)}):
            return
        if agent == self.env.user:
            self.check_no_terms()
        self.offer._recall()
        Giving(lead).give(agent, "assigned", partner=customer)

    def resubmit(self, name, description):
        """Route the lead again, with a new subject or text if given.

        :raises UserError: when it is too late
        """
        self.lock()
        self.check_caught()
        lead = self.offer.lead_id
        vals = {key: value for key, value in (("name", name), ("description", description)) if value}
        if vals:
            lead.write(vals)
        Process(lead).withdraw(self.env._("Resubmitted by %s.", self.env.user.name), state="none")
        Routing(lead).offer(anew=True)
