"""Holding leads: outside the operating hours, while all are held, by a manager, or until their turn.

A plain object beside the model ``crm.lead``; whoever uses it brings elevated leads::

    Holding(leads).route()

Whatever holds them, of one company they are released one by one, as far apart as it says.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.models import BaseModel

from .process import Process
from .routing import Routing
from .tools import spacing

# When to ask hours again that say nothing of the next weeks.
LOOK_AGAIN_AT_HOURS = timedelta(days=1)
# A job that is later than this did not run: what it left behind is not released all at once.
LATE = timedelta(minutes=2)


class Holding:
    """Leads that nobody owns: they are held for as long as their company offers none, else offered."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def route(self):
        """Route leads that nobody owns: held while the company offers none, else offered at once."""
        for company, leads in self.leads.grouped(lambda lead: lead._leads_company()).items():
            opening = Holding(leads)._wait_for(company)
            if opening and opening > fields.Datetime.now():
                Holding(leads)._queue(company, opening)
            elif opening:
                Routing(leads).offer()

    def _wait_for(self, company):
        """Hold leads for as long as nobody can say when the company offers leads again.

        :returns: the moment from which on they are offered; None when they are held now
        """
        opening = company._leads_offer_opening()
        if company.leads_offer_intercept:
            reason = self.env._("Held: a manager releases each lead.")
            Process(self.leads).move("held", reason=reason, hold=self._holds())
            return None
        if opening is None:
            again = None if company.leads_offer_override else fields.Datetime.now() + LOOK_AGAIN_AT_HOURS
            Process(self.leads).move("held", again, self.env._("Held: the lead desk is closed."), hold=self._holds())
        return opening

    def hold_import(self):
        """Imported leads come one a minute, the oldest first."""
        Process(self.leads).move("held", hold="import")
        for company, leads in self.leads.grouped(lambda lead: lead._leads_company()).items():
            ordered = leads.sorted(lambda lead: (lead.create_date, lead.id))
            if opening := Holding(ordered)._wait_for(company):
                Holding(ordered)._queue(company, opening)

    def release(self):
        """Release held leads one by one, from now on, after those that were released already."""
        now = fields.Datetime.now()
        held = self.leads.filtered(lambda lead: lead.leads_hold != "turn")
        for company, leads in held.grouped(lambda lead: lead._leads_company()).items():
            Holding(leads)._queue(company, now, is_turn=True)
            Holding(leads)._make_room(company)

    def plan_anew(self, company):
        """The company offers leads at other times now: what it held goes on one by one, as far apart as it says.

        What a manager took back stays, and what was released goes on in its turn.
        """
        if opening := self._wait_for(company):
            self._queue(company, opening)

    def go_on(self):
        """Held leads whose moment has come: offered, one by one, unless the company holds them longer."""
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
        """:returns: ``{lead_id: what holds it}`` of leads that the company holds"""
        return {lead.id: "import" if lead.leads_hold == "import" else "company" for lead in self.leads}

    def _queue(self, company, start, *, is_turn=False):
        """Hold leads until their turn: from a moment on, after those of their kind, and clear of all others.

        :param bool is_turn: they were released, and wait for nothing but what was released before
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
            reason = self.env._("Held until its turn: leads are released one by one.")
        Process(self.leads).move("held", dict(zip(self.leads._ids, until, strict=True)), reason, holds)

    def _make_room(self, company):
        """What waits by itself makes room for leads that were released."""
        others = self._held_domain(company) & Domain("hold", "!=", "turn")
        waiting = self.env["leads.agent.routing"].search(others, order="until, id").lead_id
        taken = Holding(self.leads.browse())._moments(company).get("turn", []) + self._last_release(company)
        rows = [(lead.leads_offer_until, company._leads_offer_gap(lead.leads_hold)) for lead in waiting]
        Holding(waiting)._postpone(spacing.places(rows, company._leads_offer_gap(), taken))

    def _go(self, company, now):
        """Offer leads whose moment has come; who comes too close to another release waits a little longer."""
        rows = [
            (
                lead.leads_offer_until if now - lead.leads_offer_until < LATE else now,
                company._leads_offer_gap(lead.leads_hold),
            )
            for lead in self.leads
        ]
        moments = list(spacing.places(rows, company._leads_offer_gap(), self._last_release(company)))
        # One by one: each sees who was served by the one before.
        for lead, moment in zip(self.leads, moments, strict=True):
            if moment <= now:
                lead.leads_routing_id.released_at = moment
                Routing(lead).offer()
        self._postpone([max(moment, now) for moment in moments])

    def _postpone(self, moments):
        """Held leads that are not released at their moment, but at a later one.

        :param moments: one of each lead
        """
        later = set()
        for lead, moment in zip(self.leads, moments, strict=True):
            if lead.leads_offer_state == "held" and moment > lead.leads_offer_until:
                lead.leads_routing_id.until = moment
                later.add(moment)
        Process(self.leads).wake(later)

    def _held_domain(self, company):
        """The open rows of other leads of a company that are held until a moment."""
        return (
            Domain("state", "=", "held")
            & Domain("until", "!=", False)
            & Domain("company_id", "=", company.id)
            & Domain("lead_id", "not in", self.leads.ids)
        )

    def _moments(self, company):
        """When other held leads of a company are released.

        :returns: ``{what holds them: moments}``
        """
        domain = self._held_domain(company)
        return dict(self.env["leads.agent.routing"]._read_group(domain, ["hold"], ["until:array_agg"]))

    def _last_release(self, company):
        """The moment of the latest release of a company, in a list; none when it is long ago."""
        recent = Domain("released_at", ">", fields.Datetime.now() - LATE) & Domain("company_id", "=", company.id)
        [(last,)] = self.env["leads.agent.routing"]._read_group(recent, [], ["released_at:max"])
        return [last] if last else []
