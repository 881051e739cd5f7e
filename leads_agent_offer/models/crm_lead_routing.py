import json
import re
from math import ceil

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.leads_agent_channel.tools import reading

from ..tools import backlog, ranking, tag_matching

# A backlog is shared out with so much room beside equal shares, so that tags can decide.
ROOM = 1.2
PARAGRAPH = re.compile(r"<(p|span)>([^<>&\s]+(?: [^<>&\s]+)*)</\1>")


class CrmLead(models.Model):
    """Routing: who is offered a lead first. Everything works in sets: queries do not grow with the leads."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Taking turns
    # ------------------------------------------------------------------

    def _leads_take_turns(self):
        """Of two transactions that move a lead, Odoo retries the second one: the rows are changed, not only locked."""
        if self:
            self.env["crm.lead"].flush_model()
            # Two statements without a join: leads that have just come are not in the statistics of their table.
            ids = list(self._ids)
            self.env.cr.execute(
                SQL("SELECT FROM crm_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", ids),
            )
            self.env.cr.execute(
                SQL("UPDATE crm_lead SET leads_offer_step = COALESCE(leads_offer_step, 0) + 1 WHERE id = ANY(%s)", ids)
            )

    def _leads_move(self, state, until=None, reason=None, hold=None):
        """Write down where leads are, in one query.

        :param until: one moment or ``{lead_id: moment}``
        :param reason: one sentence or ``{lead_id: sentence}``; why the leads are with nobody
        :param hold: what holds leads that are held, or ``{lead_id: what}``
        """
        if not self:
            return
        self.flush_recordset()
        ids = list(self._ids)
        untils = [until.get(nr) if isinstance(until, dict) else until for nr in ids]
        reasons = [reason.get(nr) if isinstance(reason, dict) else reason for nr in ids]
        holds = [hold.get(nr) if isinstance(hold, dict) else hold for nr in ids]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead l
                   SET leads_offer_state = %s, leads_hold = t.hold, leads_offer_until = t.until,
                       leads_waiting_reason = t.reason
                  FROM unnest(%s::int[], %s::timestamp[], %s::text[], %s::text[]) AS t (id, until, reason, hold)
                 WHERE l.id = t.id
                """,
                state,
                ids,
                untils,
                reasons,
                holds,
            )
        )
        self.invalidate_recordset(["leads_offer_state", "leads_offer_until", "leads_waiting_reason", "leads_hold"])
        if moments := {moment for moment in untils if moment}:
            self._leads_wake(moments)

    @api.model
    def _leads_wake(self, moments):
        """Have the job of the offers run at these moments."""
        # sudo: ir.cron - the job runs at the moments of the leads, whoever brought them in
        self.env.ref("leads_agent_offer.cron_offers").sudo()._trigger(at=sorted(moments))

    def _leads_company(self):
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.env.company

    # ------------------------------------------------------------------
    # Who is offered it first
    # ------------------------------------------------------------------

    def _leads_offer_now(self, *, anew=False):
        """Offer leads to the next agent each, or to whoever holds the customer already.

        :param bool anew: those who were asked before may be asked again, as the lead is another one now
        """
        self._leads_take_turns()
        self.invalidate_recordset(["user_id", "active", "leads_offer_state"])
        leads = self.filtered(
            lambda lead: not lead._leads_is_settled() and lead.leads_offer_state in ("none", "held", "waiting")
        )
        if not anew:
            was_routed = [("lead_id", "in", leads.ids), ("cause", "=", "score")]
            routed = leads & self.env["leads.agent.routing"].search(was_routed).lead_id
            routed._leads_continue()
            leads -= routed
        leads = leads._leads_ask_for_customer()
        for (company, team), group in leads.grouped(lambda lead: (lead._leads_company(), lead.team_id)).items():
            group._leads_offer_first(company, team)

    def _leads_offer_first(self, company, team):
        agents = self.env["leads.agent.profile"]._roster(company, team)
        hits_of, needs = self._leads_find_tags(company)
        selected = self._leads_select(agents, hits_of, needs, company)
        audit = self._leads_audit(agents, hits_of, needs, company._leads_ranking_settings())
        routing_of = self._leads_write_audit(
            company, hits_of, {lead.id: audit(hits_of[lead.id]) for lead in self}, selected
        )
        offered = self.filtered(lambda lead: selected.get(lead.id))
        self.env["leads.agent.offer"]._make(
            [(lead.id, selected[lead.id], routing_of[lead.id], "exclusive") for lead in offered], company
        )
        (self - offered)._leads_continue(is_fresh=True)

    def _leads_write_audit(self, company, hits_of, audits, selected, *, is_again=False):
        """Write routings down.

        :param dict audits: ``{lead_id: (what the audit holds, who qualifies)}``
        :param dict selected: ``{lead_id: agent_id}``, who is offered the lead first
        :param bool is_again: those who were asked since the routing before are not asked again
        :returns: ``{lead_id: routing_id}``
        """
        rows, names = [], self._leads_tag_names({tag_id for hits in hits_of.values() for tag_id in hits})
        # sudo: res.users - names of agents, whoever brings the leads in
        Users = self.env["res.users"].sudo()
        for lead in self:
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

    def _leads_rank_again(self, company, agents, histories):
        """Ask again who qualifies for leads that went to everybody who did, or to nobody.

        :param agents: the roster of their call center
        :param dict histories: as of :meth:`_leads_histories`
        :returns: the leads for which somebody qualifies who did not before; the audit says who
        """
        hits_of, needs = self._leads_find_tags(company)
        settings = company._leads_ranking_settings()
        roster = ranking.Roster(agents, settings)
        fresh, selected = self.browse(), {}
        for lead in self:
            ranked = roster.ranked(hits_of[lead.id], needs, len(agents))
            if new := [agent_id for agent_id in ranked if agent_id not in histories[lead.id].ranked]:
                selected[lead.id] = new[0]
                fresh += lead
        audits = {}
        for lead in fresh:
            verdicts, ranked = lead._leads_audit(agents, hits_of, needs, settings)(hits_of[lead.id])
            audits[lead.id] = verdicts, ranked
        fresh._leads_write_audit(company, hits_of, audits, selected, is_again=True)
        return fresh

    def _leads_audit(self, agents, hits_of, needs, settings):
        """What is decided about every agent.

        :returns: a function of the tags of a lead: what its audit holds, and who qualifies, the best first
        """
        if len(self) == 1:
            verdicts = ranking.judge(agents, hits_of[self.id], needs, settings)
            written = {"verdicts": json.dumps(self.env["leads.agent.routing"]._packed(verdicts))}
            ranked = [verdict.agent_id for verdict in verdicts if verdict.place]
            return lambda _hits: (written, ranked)
        # sudo: leads.agent.roster - the audit of a backlog, whoever brings the leads in
        written = {"roster_id": self.env["leads.agent.roster"].sudo()._note(agents, needs, settings).id}
        roster = ranking.Roster(agents, settings)
        return lambda hits: (written, roster.ranked(hits, needs, len(agents)))

    def _leads_select(self, agents, hits_of, needs, company):
        """:returns: ``{lead_id: agent_id}``; one by one by the score, a backlog as a whole"""
        settings = company._leads_ranking_settings()
        if len(self) == 1:
            first = ranking.Roster(agents, settings).first(hits_of[self.id], needs)
            return {self.id: first} if first else {}
        there = [agent for agent in agents if not agent.obstacles]
        share = ceil(ROOM * len(self) / len(there)) if there else 0
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
        return backlog.share_out({lead.id: hits_of[lead.id] for lead in self}, bounded, needs, settings)

    def _leads_find_tags(self, company):
        """Look for the tags of a company in leads.

        :returns: ``{lead_id: {tag_id: Hit}}`` and ``{tag_id: need}``; the names of agents are tags with negative ids
        """
        # sudo: leads.agent.tag, leads.agent.profile - routing knows every tag, whoever brings the lead in
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
            lead.id: matcher.find(lead.name or "", lead._leads_text(), lead.country_id.code or "") for lead in self
        }, needs

    @api.model
    def _leads_tag_names(self, tag_ids):
        """:returns: ``{tag_id: name}``; negative ids as in :meth:`_leads_find_tags`"""
        # sudo: leads.agent.tag, leads.agent.profile - as there
        tags = self.env["leads.agent.tag"].sudo().browse(nr for nr in tag_ids if nr > 0)
        profiles = self.env["leads.agent.profile"].sudo().browse(-nr for nr in tag_ids if nr < 0)
        return {tag.id: tag.name for tag in tags} | {-profile.id: profile.user_id.name for profile in profiles}

    def _leads_text(self):
        """What is read of a lead beside its subject: never its phone or e-mail, whose digits would look like money."""
        self.ensure_one()
        pieces = [
            self._leads_plain_description(),
            self.partner_name,
            self.function,
            self.website,
            self.city,
            self.zip,
            self.state_id.name,
            self.country_id.name,
            self.source_id.name,
            self.medium_id.name,
            self.campaign_id.name,
            *self.tag_ids.mapped("name"),
        ]
        if self.expected_revenue:
            pieces.append(f"{self.company_currency.name or '$'} {self.expected_revenue:.2f}")
        return "\n".join(piece for piece in pieces if piece)

    def _leads_plain_description(self):
        text = self.description or ""
        # One paragraph, as interfaces write it, needs no parser, which costs more than all the rest of the reading.
        plain = PARAGRAPH.fullmatch(text)
        return plain[2] if plain else reading.plain_text(text, self.name)

    def _leads_preview(self):
        """Who would be offered the lead now: a sentence for the best few."""
        company = self._leads_company()
        agents = self.env["leads.agent.profile"]._roster(company, self.team_id)
        hits_of, needs = self._leads_find_tags(company)
        verdicts = ranking.judge(agents, hits_of[self.id], needs, company._leads_ranking_settings())
        # sudo: res.users - names of agents
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
