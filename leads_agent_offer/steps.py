"""The next steps of offered leads: the next agent, the shark tank, the catch-all.

A plain object beside the model ``crm.lead``. The caller passes elevated leads and has locked them::

    Steps(leads).go_on()
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.models import BaseModel
from odoo.tools import SQL

from .offering import Offering
from .people import LOOK_AGAIN, People
from .process import Process
from .routing import Routing
from .tools import queueing


class History(NamedTuple):
    """The events of a lead since it was last routed.

    :param routing_id: the newest routing; None if there is none
    :param ranked: IDs of the agents who qualified then, the best first
    :param offers: exclusive offers, as input of :mod:`queueing`
    :param caught_by: IDs of the users of the catch-all who declined
    :param had_shark_tank: whether a shark tank took place and is over
    """

    routing_id: int | None
    ranked: list[int]
    offers: list[queueing.Offered]
    caught_by: frozenset[int]
    had_shark_tank: bool


class Steps:
    """The next steps of some leads, in sets."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def go_on(self, *, is_fresh=False):
        """Take the next step with each lead.

        :param bool is_fresh: the qualified agents were just determined
        """
        welcome = People(self.leads).ask_for_customer()
        histories = Steps(welcome).histories() if welcome else {}
        for company, leads in welcome.grouped(lambda lead: lead._leads_company()).items():
            rosters = self._rosters(company, {lead.team_id for lead in leads})
            steps = Steps(leads)._next_steps(company, rosters, histories)
            stuck = leads.browse(
                [lead.id for lead, step in steps.items() if not is_fresh and not isinstance(step, queueing.Offer)]
            )
            fresh = leads.browse()
            for team, group in stuck.grouped("team_id").items():
                fresh += Routing(group).ask_again(company, rosters[team], histories)
            if fresh:
                histories |= Steps(fresh).histories()
                steps |= Steps(fresh)._next_steps(company, rosters, histories)
            self._take(company, steps, histories)

    def _rosters(self, company, teams):
        """Return ``{team: agents}``, with agents from :meth:`_roster`."""
        Profile = self.env["leads.agent.profile"]
        return {team: Profile._roster(company, team) for team in teams}

    def _next_steps(self, company, rosters, histories):
        """Return ``{lead: step}``."""
        settings, catchers = company._leads_queue_settings(), company._leads_offer_catchers()
        # sudo: res.users - only who may still take leads
        asked = (
            self.env["res.users"]
            .sudo()
            .browse({offer.agent_id for lead in self.leads for offer in histories[lead.id].offers})
        )
        gone = {user.id for user in asked if not user._leads_may_accept(company)}
        there = {team: {agent.id for agent in agents if not agent.obstacles} for team, agents in rosters.items()}
        steps = {}
        for lead in self.leads:
            history = histories[lead.id]
            steps[lead] = queueing.next_step(
                history.ranked,
                [offer for offer in history.offers if offer.agent_id not in gone or offer.outcome == "open"],
                there[lead.team_id],
                replace(settings, has_catch_all=bool(set(catchers._ids) - history.caught_by)),
                stage="after_shark_tank" if history.had_shark_tank else "offers",
            )
        return steps

    def histories(self):
        """Return the events since each lead was last routed, with one query.

        :returns: ``{lead_id: History}``
        """
        self.env["leads.agent.offer"].flush_model()
        self.env["leads.agent.routing"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, r.id, r.ranked, o.offers, COALESCE(o.caught_by, '{}'), COALESCE(o.had_shark_tank, FALSE)
                  FROM unnest(%s::int[]) AS t (id)
             LEFT JOIN LATERAL (SELECT id, ranked FROM leads_agent_routing WHERE lead_id = t.id AND cause = 'score'
                              ORDER BY id DESC LIMIT 1) r ON TRUE
             LEFT JOIN LATERAL (SELECT max(id) AS id FROM leads_agent_routing
                                 WHERE lead_id = t.id AND cause = 'score' AND is_again IS NOT TRUE) first ON TRUE
             LEFT JOIN LATERAL (
                       SELECT array_agg(ARRAY[agent_id::text, state] ORDER BY id)
                                  FILTER (WHERE kind = 'exclusive') AS offers,
                              array_agg(agent_id) FILTER (WHERE kind = 'catch_all' AND state = 'declined') AS caught_by,
                              bool_or(kind = 'shark_tank' AND state NOT IN ('offered', 'recalled')) AS had_shark_tank
                         FROM leads_agent_offer
                        WHERE lead_id = t.id AND routing_id >= first.id) o ON TRUE
                """,
                list(self.leads._ids),
            )
        )
        return {
            lead_id: History(
                routing_id,
                ranked or [],
                [
                    queueing.Offered(int(agent_id), "open" if state == "offered" else state)
                    for agent_id, state in offers or ()
                ],
                frozenset(caught_by),
                had_shark_tank,
            )
            for lead_id, routing_id, ranked, offers, caught_by, had_shark_tank in rows
        }

    def _take(self, company, step_of, histories):
        """Make the offers of the steps, and let leads wait if there is nobody to offer them to.

        :param dict step_of: ``{lead: step}``
        """
        offering = Offering(self.env)
        steps = defaultdict(list)
        for lead, step in step_of.items():
            steps[type(step)].append((lead, histories[lead.id], step))
        offering.make(
            [
                (lead.id, step.agent_id, history.routing_id, "exclusive")
                for lead, history, step in steps[queueing.Offer]
            ],
            company,
        )
        offering.make(
            [
                (lead.id, agent_id, history.routing_id, "shark_tank")
                for lead, history, step in steps[queueing.SharkTank]
                for agent_id in step.agent_ids
            ],
            company,
            until=fields.Datetime.now() + timedelta(minutes=company.leads_offer_shark_minutes),
        )
        offering.make(
            [
                (lead.id, user.id, history.routing_id, "catch_all")
                for lead, history, _step in steps[queueing.CatchAll]
                for user in company._leads_offer_catchers()
                if user.id not in history.caught_by
            ],
            company,
        )
        by_reason = defaultdict(self.leads.browse)
        for lead, history, step in steps[queueing.Wait]:
            by_reason["caught" if history.caught_by else step.reason] += lead
        for reason, leads in by_reason.items():
            if sentence := self._waiting_sentence(reason):
                # Qualified agents are looked for again later: somebody may be back, or may have got the tag.
                Process(leads).move("waiting", fields.Datetime.now() + LOOK_AGAIN, sentence)

    def _waiting_sentence(self, reason):
        """Return why a lead is unassigned, or None if it is not."""
        match reason:
            case "nobody_qualifies":
                return self.env._("No agent qualifies. The audit gives the reason for each agent.")
            case "nobody_available":
                return self.env._("Agents qualify, but none of them is available now.")
            case "nobody_left":
                return self.env._("Everybody who qualifies was asked, and nobody took the lead.")
            case "caught":
                return self.env._("The catch-all declined the lead.")
        return None


def pass_on(offers):
    """Take back offers of agents who are gone; the leads go on at once, and nobody loses points."""
    leads = offers.lead_id
    Process(leads).lock()
    offers.invalidate_recordset(["state"])
    offers.filtered(lambda offer: offer.state == "offered")._recall()
    Steps(leads - leads._leads_open_offers().lead_id).go_on()
