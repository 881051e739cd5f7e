from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from ..giving import Giving
from ..people import People
from ..routing import Routing
from ..steps import Steps
from ..tools import performance, queueing


class LeadsAgentOffer(models.Model):
    """Answers to offers, by whichever door they come."""

    _inherit = "leads.agent.offer"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # In Odoo
    # ------------------------------------------------------------------

    def _own(self):
        """The offer, elevated, if it is the user's own.

        :raises AccessError: for somebody else's
        """
        self.ensure_one()
        self.check_access("read")
        if self.agent_id != self.env.user:
            raise AccessError(self.env._("This offer was made to somebody else."))
        # sudo: leads.agent.offer - one's own offer: agents answer it, and have no right to write it
        return self.sudo()

    @takes(given.one, agreed=given.flag)
    def action_accept(self, agreed=False):
        """Accept one's own offer: the lead is assigned at once.

        :param bool agreed: to the terms of the company, where it has some
        :returns: an action that opens the lead
        :raises AccessError: for somebody else's offer
        :raises UserError: when it is too late, or the terms are not agreed to
        """
        offer = self._own()
        offer._accept(agreed=agreed)
        return offer._open_action() if offer.state == "accepted" else offer._elsewhere_action()

    @takes(given.one)
    def action_ask_accept(self):
        """Open *Accept*, where the terms can be agreed to."""
        self.ensure_one()
        return self._form("leads.agent.accept", self.env._("Accept"))

    @takes(given.one, reason_id=given.optional(given.record_id), note=given.text)
    def action_decline(self, reason_id=False, note=""):
        """Decline one's own offer: the lead goes to the next agent at once.

        :raises AccessError: for somebody else's offer
        :raises UserError: when it is too late
        """
        self._own()._decline(self.env["leads.agent.decline.reason"].browse(reason_id or []), note)

    @takes(given.one)
    def action_ask_decline(self):
        """Open *Decline*, where a reason can be given."""
        self.ensure_one()
        return self._form("leads.agent.decline", self.env._("Decline"))

    @takes(given.one)
    def action_request_again(self):
        """*Give Me Another Chance*: back in line for a lead one has missed.

        :raises AccessError: for somebody else's offer
        :raises UserError: when somebody has the lead, or there are no chances left
        """
        self._own()._request_again()

    @takes(given.one)
    def action_open(self):
        """Open a lead one has accepted."""
        offer = self._own()
        if offer.state != "accepted":
            raise UserError(self.env._("The details of a lead can be seen once it is accepted."))
        return offer._open_action()

    def _elsewhere_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Somebody else holds the customer of this lead already, and got it."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _open_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [[self.env.ref("leads_agent_offer.crm_lead_view_form_agent").id, "form"]],
        }

    # ------------------------------------------------------------------
    # The same by every door
    # ------------------------------------------------------------------

    def _accept(self, *, agreed=False):
        """Accept on behalf of the offer's agent. Of several who accept at the same moment, one wins.

        Where somebody else has come to hold the customer meanwhile, the lead goes to them, and the offer is taken back.

        :param bool agreed: to the terms
        :raises UserError: when it is too late, the terms are not agreed to, the agent may hold no more leads, or nobody
            may be given the customer
        """
        customer, holder = self._take_turn_of_person()
        # sudo: res.users - whether the agent may still have leads
        if not self.agent_id.sudo().can_hold_leads and self.kind != "catch_all":
            raise UserError(self.env._("You no longer hold leads."))
        self._check_live()
        if not agreed:
            self._check_no_terms()
        lead = self.lead_id
        known = {lead: (customer, holder)} if customer else {}
        if holder != self.agent_id and People(lead).coalesce(known):
            return
        # sudo: res.users - as above
        if self.agent_id.sudo().can_hold_leads:
            for sentence, _until in People(lead).refused(known).values():
                raise UserError(sentence)
        now = fields.Datetime.now()
        misses = self.search_count(
            [
                ("lead_id", "=", self.lead_id.id),
                ("agent_id", "=", self.agent_id.id),
                ("state", "=", "requeued"),
            ]
        )
        self.write({"state": "accepted", "answered_at": now})
        Giving(lead).give(self.agent_id, performance.acceptance(misses), offer=self, partner=customer)
        self._bus_changed()

    def _terms(self):
        """What has to be agreed to before the lead is accepted; empty: nothing."""
        terms = self.company_id.leads_offer_terms
        return "" if is_html_empty(terms) else terms

    @api.depends("company_id")
    def _compute_has_terms(self):
        for offer in self:
            offer.has_terms = bool(offer._terms())

    def _check_no_terms(self):
        """:raises UserError: where there are terms"""
        if self._terms():
            raise UserError(self.env._("Please agree to the terms first."))

    def _decline(self, reason=None, note=""):
        """Decline on behalf of the offer's agent.

        :raises UserError: when it is too late
        """
        self._take_turn()
        self._check_live()
        self.write(
            {
                "state": "declined",
                "answered_at": fields.Datetime.now(),
                "decline_reason_id": reason.exists().id if reason else False,
                "decline_note": (note or "").strip()[:500],
            }
        )
        lead = self.lead_id
        if self.kind == "exclusive":
            self.env["leads.agent.score.entry"]._add("declined", self)
            Steps(lead).go_on()
        elif not lead._leads_open_offers():
            Steps(lead).go_on()
        self._bus_changed()

    def _request_again(self):
        """Put the offer's agent back in line; nothing is taken from whoever holds the offer now.

        :raises UserError: when there is nothing to wait for
        """
        self._take_turn()
        if not self._may_ask_again():
            raise UserError(self.env._("There is no other chance for this lead."))
        self.write({"state": "requeued"})
        self.env["leads.agent.score.entry"]._add("requeued", self)
        if not self.lead_id._leads_open_offers():
            Steps(self.lead_id).go_on()
        self._bus_changed()

    def _take_turn(self):
        self.ensure_one()
        self.lead_id._leads_take_turns()
        self.invalidate_recordset(["state", "deadline"])

    def _take_turn_of_person(self):
        """The same with whatever else the person of the lead asked for: see :meth:`People.take_turns`."""
        self.ensure_one()
        customer, holder = People(self.lead_id).take_turns()
        self.invalidate_recordset(["state", "deadline"])
        return customer, holder

    def _check_live(self):
        """:raises UserError: when the offer can no longer be answered"""
        if self._is_live():
            return
        match self.state:
            case "accepted":
                raise UserError(self.env._("You have accepted this lead already."))
            case "declined":
                raise UserError(self.env._("You have declined this lead."))
            case "recalled":
                raise UserError(self.env._("The lead is no longer available: somebody has it, or it was taken back."))
        raise UserError(self.env._("Too late: the time to answer is over."))

    def _compute_may_ask_again(self):
        for offer in self:
            # sudo: leads.agent.offer - what became of the lead since, of which the agent learns yes or no
            offer.may_ask_again = offer.sudo()._may_ask_again()

    def _may_ask_again(self):
        """Whether *Give Me Another Chance* makes sense."""
        self.ensure_one()
        past = self.state == "missed" or (self.state == "offered" and not self._is_live())
        lead = self.lead_id
        if self.kind != "exclusive" or not past or lead.leads_offer_state not in ("offered", "waiting"):
            return False
        if self.state == "offered":
            return False
        return queueing.may_ask_again(self.agent_id.id, Steps(lead).histories()[lead.id].offers)

    def _reason_sentence(self, cause):
        """Why this agent, as it stands on the assignment."""
        tags = ", ".join(self.tag_ids.mapped("name"))
        match cause:
            case "coalesced":
                return self.env._("A customer of the agent asked again.")
            case "assigned":
                return self.env._("Given by the catch-all.")
        if self.kind == "shark_tank":
            return self.env._("Was the first to take the lead from the shark tank.")
        if tags:
            return self.env._("Accepted an offer; tags: %s.", tags)
        return self.env._("Accepted an offer.")

    # ------------------------------------------------------------------
    # The catch-all
    # ------------------------------------------------------------------

    def _own_catch_all(self):
        """The offer, elevated, if it is the user's own share of the catch-all, and nobody was faster.

        :raises AccessError: for somebody else's offer
        :raises UserError: for an offer of another kind, or when it is too late
        """
        offer = self._own()
        if offer.kind != "catch_all":
            raise UserError(self.env._("Only what nobody took can be given to somebody else or resubmitted."))
        offer._check_live()
        return offer

    @takes(given.one)
    def action_ask_assign(self):
        """Open *Assign To...*.

        :raises AccessError: for others than the user of the catch-all
        :raises UserError: when it is too late
        """
        return self._own_catch_all()._form("leads.agent.offer.assign", self.env._("Assign To"))

    @takes(given.one)
    def action_ask_resubmit(self):
        """Open *Edit and Resubmit*.

        :raises AccessError: for others than the user of the catch-all
        :raises UserError: when it is too late
        """
        return self._own_catch_all()._form("leads.agent.offer.resubmit", self.env._("Edit and Resubmit"))

    def _form(self, model, title):
        """A form about this offer, as a dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_offer_id": self.id},
        }

    @takes(given.one, agent_id=given.optional(given.record_id))
    def action_assign_to(self, agent_id):
        """Give a lead of the catch-all to an agent, or to whoever holds its customer already.

        :raises AccessError: for others than its users
        :raises UserError: when it is too late, the agent may not hold leads of the company, or users who give the lead
            to themselves have terms to agree to: they accept it
        """
        customer, holder = self._own()._take_turn_of_person()
        offer = self._own_catch_all()
        lead = offer.lead_id
        agent = offer.env["res.users"].browse(agent_id)
        agent.with_company(lead._leads_company())._check_may_hold_leads()
        if holder != agent and People(lead).coalesce({lead: (customer, holder)}):
            return
        if agent == self.env.user:
            offer._check_no_terms()
        offer._recall()
        Giving(lead).give(agent, "assigned", partner=customer)

    @takes(given.one, name=given.text, description=given.text)
    def action_resubmit(self, name=False, description=False):
        """Route a lead of the catch-all anew, with other words if given.

        :raises AccessError: for others than its users
        :raises UserError: when it is too late
        """
        self._own()._take_turn()
        lead = self._own_catch_all().lead_id
        vals = {key: value for key, value in (("name", name), ("description", description)) if value}
        if vals:
            lead.write(vals)
        lead._leads_withdraw(self.env._("Resubmitted by %s.", self.env.user.name), state="none")
        Routing(lead).offer(anew=True)
