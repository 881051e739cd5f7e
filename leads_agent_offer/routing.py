"""Routing: which agent is offered a lead first, and why.

A plain object beside the model ``crm.lead``::

    Routing(leads).offer()

Works in sets: the number of queries does not depend on the number of leads. The caller passes elevated leads.
"""

import json
import re
from math import ceil

from odoo.models import BaseModel

from odoo.addons.leads_agent_channel.tools import reading

from .offering import Offering
from .people import People
from .process import Process
from .tools import backlog, ranking, tag_matching

# Each agent's room in a backlog, relative to equal shares; the surplus lets tags decide.
ROOM = 1.2
PARAGRAPH = re.compile(r"<(p|span)>([^<>&\s]+(?: [^<>&\s]+)*)</\1>")


class Routing:
    """Finds the agents for some leads, and stores the verdicts."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def offer(self, *, anew=False):
        """Offer each lead to its next agent, or give it to the holder of its customer.

        :param bool anew: agents who were already asked may be asked again, because the lead has changed
        """
        Process(self.leads).lock()
        self.leads.invalidate_recordset(["user_id", "active", "leads_offer_state"])
        leads = self.leads.filtered(
            lambda lead: not lead._leads_is_settled() and lead.leads_offer_state in ("none", "held", "waiting")
        )
        if not anew:
            was_routed = [("lead_id", "in", leads.ids), ("cause", "=", "score")]
            routed = leads & self.env["leads.agent.routing"].search(was_routed).lead_id
            routed._leads_continue()
            leads -= routed
        leads = People(leads).ask_for_customer()
        for (company, team), group in leads.grouped(lambda lead: (lead._leads_company(), lead.team_id)).items():
            Routing(group)._offer_first(company, team)

    def _offer_first(self, company, team):
        agents = self.env["leads.agent.profile"]._roster(company, team)
        hits_of, needs = self.find_tags(company)
        selected = self._select(agents, hits_of, needs, company)
        audit = self._audit(agents, hits_of, needs, company._leads_ranking_settings())
        routing_of = self._write_audit(
            company, hits_of, {lead.id: audit(hits_of[lead.id]) for lead in self.leads}, selected
        )
        offered = self.leads.filtered(lambda lead: selected.get(lead.id))
        Offering(self.env).make(
            [(lead.id, selected[lead.id], routing_of[lead.id], "exclusive") for lead in offered], company
        )
        (self.leads - offered)._leads_continue(is_fresh=True)

    def _write_audit(self, company, hits_of, audits, selected, *, is_again=False):
        """Store routing decisions.

        :param dict audits: ``{lead_id: (audit values, ids of qualified agents)}``
        :param dict selected: ``{lead_id: agent_id}``, the agent who is offered the lead first
        :param bool is_again: agents asked since the previous routing are not asked again
        :returns: ``{lead_id: routing_id}``
        """
        rows, names = [], self._tag_names({tag_id for hits in hits_of.values() for tag_id in hits})
        # sudo: res.users - only names of agents
        Users = self.env["res.users"].sudo()
        for lead in self.leads:
            hits, first = hits_of[lead.id], selected.get(lead.id)
            verdicts, ranked = audits[lead.id]
            rows.append(
                {
                    "lead_id": lead.id,
                    "company_id": company.id,
                    "agent_id": first,
                    "agent_name": Users.browse(first).name if first else None,
                    "tag_ids": [tag_id for tag_id in hits if tag_id > 0],
                    "hits": [[nr, hit.factor, hit.place, hit.quote, names[nr]] for nr, hit in hits.items()],
                    "ranked": sorted(ranked, key=first.__ne__) if first else ranked,
                    "is_again": is_again,
                    **verdicts,
                }
            )
        return self.env["leads.agent.routing"]._insert(rows)

    def ask_again(self, company, agents, histories):
        """Find newly qualified agents for leads that all agents were already asked for, or for which nobody qualified.

        :param agents: the roster of their call center
        :param dict histories: from :meth:`Steps.histories`
        :returns: the leads with newly qualified agents; the audit names them
        """
        hits_of, needs = self.find_tags(company)
        settings = company._leads_ranking_settings()
        roster = ranking.Roster(agents, settings)
        fresh, selected = self.leads.browse(), {}
        for lead in self.leads:
            ranked = roster.ranked(hits_of[lead.id], needs, len(agents))
            if new := [agent_id for agent_id in ranked if agent_id not in histories[lead.id].ranked]:
                selected[lead.id] = new[0]
                fresh += lead
        audits = {}
        for lead in fresh:
            verdicts, ranked = Routing(lead)._audit(agents, hits_of, needs, settings)(hits_of[lead.id])
            audits[lead.id] = verdicts, ranked
        Routing(fresh)._write_audit(company, hits_of, audits, selected, is_again=True)
        return fresh

    def _audit(self, agents, hits_of, needs, settings):
        """Return a function that computes the audit of a lead.

        :returns: a function from the tags of a lead to its audit values and the qualified agents, the best first
        """
        if len(self.leads) == 1:
            verdicts = ranking.judge(agents, hits_of[self.leads.id], needs, settings)
            written = {"verdicts": json.dumps(self.env["leads.agent.routing"]._packed(verdicts))}
            ranked = [verdict.agent_id for verdict in verdicts if verdict.place]
            return lambda _hits: (written, ranked)
        # sudo: leads.agent.roster - the audit is stored regardless of the current user
        written = {"roster_id": self.env["leads.agent.roster"].sudo()._note(agents, needs, settings).id}
        roster = ranking.Roster(agents, settings)
        return lambda hits: (written, roster.ranked(hits, needs, len(agents)))

    def _select(self, agents, hits_of, needs, company):
        """Return ``{lead_id: agent_id}``: a single lead by score, a backlog as a whole."""
        settings = company._leads_ranking_settings()
        if len(self.leads) == 1:
            first = ranking.Roster(agents, settings).first(hits_of[self.leads.id], needs)
            return {self.leads.id: first} if first else {}
        there = [agent for agent in agents if not agent.obstacles]
        share = ceil(ROOM * len(self.leads) / len(there)) if there else 0
        bounded = [
            ranking.Agent(
                agent.id,
                agent.weights,
                agent.pecking,
                agent.pecking_if,
                agent.performance,
                agent.last_served,
                agent.barred,
                share if agent.room is None else min(agent.room, share),
            )
            for agent in agents
        ]
        return backlog.share_out({lead.id: hits_of[lead.id] for lead in self.leads}, bounded, needs, settings)

    def find_tags(self, company):
        """Find the tags of a company in leads.

        :returns: ``{lead_id: {tag_id: Hit}}`` and ``{tag_id: need}``; names of agents are tags with negative IDs
        """
        # sudo: leads.agent.tag, leads.agent.profile - routing searches all tags, regardless of the current user
        tags = self.env["leads.agent.tag"].sudo()._of_company(company)
        named = self.env["leads.agent.profile"].sudo().search([("name_is_tag", "=", True)])
        prepared = [tag._prepared() for tag in tags]
        prepared += [
            tag_matching.Tag(-profile.id, profile.user_id.name)
            for profile in named
            if not tag_matching.check_name(profile.user_id.name)
        ]
        matcher = tag_matching.Matcher(prepared, company._leads_offer_factors())
        needs = {tag.id: tag.need for tag in prepared}
        return {
            lead.id: matcher.find(lead.name or "", lead._leads_text(), lead.country_id.code or "")
            for lead in self.leads
        }, needs

    def _tag_names(self, tag_ids):
        """Return ``{tag_id: name}``; negative IDs as in :meth:`find_tags`."""
        # sudo: leads.agent.tag, leads.agent.profile - as in `find_tags`
        tags = self.env["leads.agent.tag"].sudo().browse(nr for nr in tag_ids if nr > 0)
        profiles = self.env["leads.agent.profile"].sudo().browse(-nr for nr in tag_ids if nr < 0)
        return {tag.id: tag.name for tag in tags} | {-profile.id: profile.user_id.name for profile in profiles}

    def preview(self):
        """Return a sentence that ranks the agents who would be offered the lead now."""
        company = self.leads._leads_company()
        agents = self.env["leads.agent.profile"]._roster(company, self.leads.team_id)
        hits_of, needs = self.find_tags(company)
        verdicts = ranking.judge(agents, hits_of[self.leads.id], needs, company._leads_ranking_settings())
        # sudo: res.users - only names of agents
        Users = self.env["res.users"].sudo()
        qualified = [verdict for verdict in verdicts if verdict.place][: company.leads_offer_most_agents]
        if not qualified:
            return self.env._("Nobody qualifies for this lead now.")
        return "; ".join(
            self.env._(
                "%(place)s. %(agent)s: %(score)s",
                place=verdict.place,
                agent=Users.browse(verdict.agent_id).name,
                score=f"{verdict.score:g}",
            )
            for verdict in qualified
        )


def plain_description(lead):
    """Return the description of a lead as plain text."""
    text = lead.description or ""
    # A single paragraph, as interfaces write it, is read without the parser, the slowest part of reading.
    plain = PARAGRAPH.fullmatch(text)
    return plain[2] if plain else reading.plain_text(text, lead.name)
