"""Hold leads: outside the operating hours, while the company holds all leads, for a manager, or until their turn.

A plain object beside the model ``crm.lead``. The caller passes elevated leads::

    Holding(leads).route()

Held leads of a company are released one by one, at the interval set by the company.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.models import BaseModel

from .process import Process
from .routing import Routing
from .tools import spacing

# When to check again if the calendar has no opening in the coming weeks.
LOOK_AGAIN_AT_HOURS = timedelta(days=1)
# If the job is later than this, it was down: the leads that became due are not released all at once.
LATE = timedelta(minutes=2)


class Holding:
    """Leads without an owner: held while their company offers none, else offered."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def route(self):
        """Route leads without an owner: hold them while the company offers none, else offer them at once."""
        for company, leads in self.leads.grouped(lambda lead: lead._leads_company()).items():
            opening = Holding(leads)._wait_for(company)
            if opening and opening > fields.Datetime.now():
                Holding(leads)._queue(company, opening)
            elif opening:
                Routing(leads).offer()

    def _wait_for(self, company):
        """Hold leads as long as it is not known when the company will offer leads again.

        :returns: the moment from which they are offered; None if they are held now
        """
        opening = company._leads_offer_opening()
        if company.leads_offer_intercept:
            reason = self.env._("Held until a manager releases it.")
            Process(self.leads).move("held", reason=reason, hold=self._holds())
            return None
        if opening is None:
            again = None if company.leads_offer_override else fields.Datetime.now() + LOOK_AGAIN_AT_HOURS
            Process(self.leads).move(
                "held", again, self.env._("Held because the routing is closed."), hold=self._holds()
            )
        return opening

    def hold_import(self):
        """Release imported leads one per minute, the oldest first."""
        Process(self.leads).move("held", hold="import")
        for company, leads in self.leads.grouped(lambda lead: lead._leads_company()).items():
            ordered = leads.sorted(lambda lead: (lead.create_date, lead.id))
            if opening := Holding(ordered)._wait_for(company):
                Holding(ordered)._queue(company, opening)

    def release(self):
        """Release held leads one by one, starting now, after the leads already released."""
        now = fields.Datetime.now()
        held = self.leads.filtered(lambda lead: lead.leads_hold != "turn")
        for company, leads in held.grouped(lambda lead: lead._leads_company()).items():
            Holding(leads)._queue(company, now, is_turn=True)
            Holding(leads)._make_room(company)

    def reschedule(self, company):
        """Reschedule the held leads of a company whose hours or settings have changed.

        Leads held by a manager stay held, and released leads keep their turn.
        """
        if opening := self._wait_for(company):
            self._queue(company, opening)

    def go_on(self):
        """Continue with held leads that are due: offer them one by one, unless the company holds them longer."""
        now = fields.Datetime.now()
        for company, group in self.leads.grouped(lambda lead: lead._leads_company()).items():
            opening = company._leads_offer_opening()
            is_open = opening and opening <= now and not company.leads_offer_intercept
            going = group if is_open else group.filtered(lambda lead: lead.leads_hold == "turn")
            Holding(going)._go(company, now)
            Holding(group - going).route()

    # ------------------------------------------------------------------
    # One by one
    # ------------------------------------------------------------------

    def _holds(self):
        """Return ``{lead_id: hold}`` for leads that the company holds."""
        return {lead.id: "import" if lead.leads_hold == "import" else "company" for lead in self.leads}

    def _queue(self, company, start, *, is_turn=False):
        """Hold leads until their turn: not before a moment, after the leads of the same kind, and apart from all
        others.

        :param datetime start: UTC
        :param bool is_turn: the leads were released by a manager and only wait for earlier releases
        """
        holds = dict.fromkeys(self.leads._ids, "turn") if is_turn else self._holds()
        moments = self._moments(company)
        taken = [moment for hold, found in moments.items() if hold == "turn" or not is_turn for moment in found]
        rows = []
        for lead_id in self.leads._ids:
            gap = company._leads_offer_gap(holds[lead_id])
            last = max(moments.get(holds[lead_id], ()), default=None)
            rows.append((max(start, last + timedelta(seconds=gap)) if last else start, gap))
        until = spacing.places(rows, company._leads_offer_gap(), taken + self._last_release(company))
        if is_turn:
            reason = self.env._("Released: the lead is offered in its turn.")
        elif start > fields.Datetime.now():
            reason = self.env._("Held until the operating hours begin, then released one by one.")
        else:
            reason = self.env._("Held until its turn. Leads are released one by one.")
        Process(self.leads).move("held", dict(zip(self.leads._ids, until, strict=True)), reason, holds)

    def _make_room(self, company):
        """Postpone the other held leads of the company to make room for released ones."""
        others = self._held_domain(company) & Domain("hold", "!=", "turn")
        waiting = self.env["leads.agent.routing"].search(others, order="until, id").lead_id
        taken = Holding(self.leads.browse())._moments(company).get("turn", []) + self._last_release(company)
        rows = [(lead.leads_offer_until, company._leads_offer_gap(lead.leads_hold)) for lead in waiting]
        Holding(waiting)._postpone(spacing.places(rows, company._leads_offer_gap(), taken))

    def _go(self, company, now):
        """Offer leads that are due; a lead too close to another release waits a little longer."""
        rows = [
            (
                lead.leads_offer_until if now - lead.leads_offer_until < LATE else now,
                company._leads_offer_gap(lead.leads_hold),
            )
            for lead in self.leads
        ]
        moments = list(spacing.places(rows, company._leads_offer_gap(), self._last_release(company)))
        # One by one: each decision takes into account which agent was served before.
        for lead, moment in zip(self.leads, moments, strict=True):
            if moment <= now:
                lead.leads_routing_id.released_at = moment
                Routing(lead).offer()
        self._postpone([max(moment, now) for moment in moments])

    def _postpone(self, moments):
        """Postpone held leads to a later moment.

        :param moments: one per lead
        """
        later = set()
        for lead, moment in zip(self.leads, moments, strict=True):
            if lead.leads_offer_state == "held" and moment > lead.leads_offer_until:
                lead.leads_routing_id.until = moment
                later.add(moment)
        Process(self.leads).schedule(later)

    def _held_domain(self, company):
        """Return the domain of the open rows of the company's other leads that are held until a moment."""
        return (
            Domain("state", "=", "held")
            & Domain("until", "!=", False)
            & Domain("company_id", "=", company.id)
            & Domain("lead_id", "not in", self.leads.ids)
        )

    def _moments(self, company):
        """Return when the company's other held leads are released.

        :returns: ``{hold: moments}``
        """
        domain = self._held_domain(company)
        return dict(self.env["leads.agent.routing"]._read_group(domain, ["hold"], ["until:array_agg"]))

    def _last_release(self, company):
        """Return the moment of the company's latest release in a list, empty if it is long ago."""
        recent = Domain("released_at", ">", fields.Datetime.now() - LATE) & Domain("company_id", "=", company.id)
        [(last,)] = self.env["leads.agent.routing"]._read_group(recent, [], ["released_at:max"])
        return [last] if last else []
