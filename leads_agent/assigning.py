"""Assign leads to agents: the single entry point for all callers.

A plain object next to the model ``leads.agent.assignment``::

    [result] = Assigning(env, Terms("manual")).run([Request(customer.id, agent.id, "Chosen by Mitchell")])

It works in sets and checks no access rights: callers have checked them, and pass an elevated environment of the
company of the assignments. Each request is judged once and gets one result with a sentence.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from . import figures, holders, newest, notices
from .ending import Ending
from .tools import eligibility, limits


class Request(NamedTuple):
    """A customer to assign to an agent.

    :param partner_id: the customer, or one of its contacts
    :param reason: why this agent, as stored on the assignment
    """

    partner_id: int
    agent_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which requests are judged.

    :param source: where they come from, a value of :data:`terms.SOURCES`
    :param any_order: accept customers whose newest order is not a quotation
    :param reassign: take leads from other agents
    :param unconditional: ignore the orders (order entry, reopening)
    :param unlimited: ignore limits, as nothing new is assigned: the customer changed, not the agent
    """

    source: str
    any_order: bool = False
    reassign: bool = False
    unconditional: bool = False
    unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a request.

    :param result: a value of :data:`terms.RESULTS`
    :param reason: the same in a sentence
    :param logged: the same for a result log: the reason without the customer, and the detail
    :param partner: the commercial customer; empty when deleted
    :param holder: the user from whom the lead was taken
    :param assignment: the new assignment, if any
    """

    result: str
    reason: str
    partner: BaseModel
    agent_id: int
    holder: BaseModel
    assignment: BaseModel
    logged: tuple[str, str] = ("", "")


class Leads(NamedTuple):
    """Data on contacts, read before they are assigned.

    :param commercial_of: ``{contact: commercial customer}``; without deleted ones
    :param by_commercial: ``{commercial customer: eligibility.Lead}``
    :param names: ``{commercial customer: name}``
    """

    commercial_of: dict[int, int]
    by_commercial: dict[int, eligibility.Lead]
    names: dict[int, str]


class Examined(NamedTuple):
    """The findings of :meth:`Assigning.examine`.

    :param verdicts: ``{commercial customer: Verdict}``, including reasons not to assign them to anybody
    """

    leads: Leads
    verdicts: dict[int, eligibility.Verdict]


def read_leads(env: Environment, partner_ids) -> Leads:
    """Read the data for judging, in one query for any number of customers."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT p.id, c.id, c.complete_name, c.active, c.company_id, a.agent_id, o.id, o.state, a.company_id
              FROM res_partner p
              JOIN res_partner c ON c.id = p.commercial_partner_id
         LEFT JOIN leads_agent_assignment a ON a.partner_id = c.id AND a.state = 'active'
         LEFT JOIN LATERAL (%(newest)s) o ON TRUE
             WHERE p.id = ANY(%(partners)s)
            """,
            newest=newest.order_sql(env, SQL.identifier("c", "id")),
            partners=list(partner_ids),
        )
    )
    leads = Leads({}, {}, {})
    for partner_id, customer_id, name, *facts in rows:
        leads.commercial_of[partner_id] = customer_id
        leads.by_commercial[customer_id] = eligibility.Lead(*facts)
        leads.names[customer_id] = name or ""
    return leads


def _unable(sentence: str) -> eligibility.Verdict:
    """Verdict for an agent who may not hold leads, or not in this company."""
    return eligibility.Verdict("failed", eligibility.Cause("unable", name=sentence))


def reopen(assignments: BaseModel) -> BaseModel:
    """Elevated: give ended leads back to their agents, who continue them.

    :returns: the new assignments
    :raises UserError: when another agent holds one of the customers meanwhile
    """
    env, began, former_of = assignments.env, assignments.browse(), {}
    reason = env._("Reopened by %s", env.user.name)
    requests = [Request(assignment.partner_id.id, assignment.agent_id.id, reason) for assignment in assignments]
    results = Assigning(env, Terms("manual", unconditional=True)).run(requests)
    for former, result in zip(assignments, results, strict=True):
        if result.result not in ("assigned", "already"):
            raise UserError(result.reason)
        if result.assignment:
            began |= result.assignment
            former_of.setdefault(result.assignment, former)
    figures.go_on_with(env, former_of)
    return began


class Assigning:
    """One run that assigns leads of one company.

    :param env: elevated, in the company of the assignments
    :param batch: the batch of the assignments
    :param tell: notify the agents; a batch does so itself, once at its end
    """

    def __init__(self, env: Environment, terms: Terms, *, batch: BaseModel | None = None, tell: bool = True):
        self.env = env
        self.terms = terms
        self.batch = batch
        self.tell = tell
        self.assignments = env["leads.agent.assignment"]

    def run(self, requests: list[Request], examined: Examined | None = None) -> list[Result]:
        """Assign the customers to the agents.

        The agents are locked for this transaction: when two managers assign leads to the same agent at the same time,
        Odoo retries the second, who then counts the leads of the first.

        :param examined: of :meth:`examine`, when the customers were examined before their agents were known
        :returns: one result per request, in their order
        """
        leads = examined.leads if examined else read_leads(self.env, [request.partner_id for request in requests])
        request_of: dict[int, Request] = {}
        for request in requests:
            if partner_id := leads.commercial_of.get(request.partner_id):
                request_of.setdefault(partner_id, request)
        agent_of = {partner_id: request.agent_id for partner_id, request in request_of.items()}
        self.env["res.users"].browse(set(agent_of.values()))._leads_lock()
        verdicts = self._meant(examined, agent_of) if examined else self._refuse(self.judge(leads, agent_of))
        verdicts = self.assignments._limit(verdicts, agent_of, self.terms)
        if taken := sorted(p for p, verdict in verdicts.items() if verdict.replaces_holder):
            Ending(self.env, "reassigned", is_held_on=True, tell=self.tell).run(Domain("partner_id", "in", taken))
        wanted = sorted(p for p, verdict in verdicts.items() if verdict.result == "assigned")
        created = self._insert([request_of[p]._replace(partner_id=p) for p in wanted], leads)
        self._follow_up(created, agent_of)
        return self._results(requests, leads, verdicts, created, agent_of)

    def examine(self, partner_ids, receivers: BaseModel, agent_id: int = 0) -> Examined:
        """Examine customers before it is decided which of the ``receivers`` gets which.

        :param agent_id: the only possible receiver, if known
        """
        leads = read_leads(self.env, partner_ids)
        agent_of = dict.fromkeys(leads.by_commercial, agent_id)
        return Examined(leads, self._refuse(self.judge(leads, agent_of, receivers)))

    def judge(
        self, leads: Leads, agent_of: dict[int, int], receivers: BaseModel | None = None
    ) -> dict[int, eligibility.Verdict]:
        """Judge each lead for the intended agent.

        :param agent_of: ``{commercial customer: agent}``; 0: any of the ``receivers``
        """
        # sudo: res.users - the companies of an agent, and whether they may hold leads
        agents = self.env["res.users"].sudo().browse(sorted(set(agent_of.values()) - {0}))
        companies = {agent.id: frozenset(agent.company_ids.ids) for agent in agents}
        if receivers is not None:
            # sudo: res.users - likewise
            companies[0] = frozenset(receivers.sudo().company_ids.ids)
        unable = agents._leads_unable()
        own_companies = frozenset(self.env.companies.ids)
        return {
            partner_id: _unable(unable[agent_id])
            if agent_id in unable
            else eligibility.judge(
                leads.by_commercial[partner_id],
                eligibility.Receiver(agent_id, companies[agent_id]),
                any_order=self.terms.any_order,
                reassign=self.terms.reassign,
                unconditional=self.terms.unconditional,
                own_company_ids=own_companies,
            )
            for partner_id, agent_id in agent_of.items()
        }

    def _refuse(self, verdicts: dict[int, eligibility.Verdict]) -> dict[int, eligibility.Verdict]:
        """Reject the customers that a reason keeps from being assigned to anybody."""
        entry_point = "" if self.terms.unlimited else limits.refusal_entry_point(self.terms.source)
        wanted = sorted(p for p, verdict in verdicts.items() if verdict.result == "assigned")
        if not wanted or not entry_point:
            return verdicts
        return limits.refuse(verdicts, self.env["res.partner"]._refused(wanted, entry_point))

    def _meant(self, examined: Examined, agent_of: dict[int, int]) -> dict[int, eligibility.Verdict]:
        """Return the earlier verdicts, adjusted to the agents now chosen."""
        # sudo: res.users - the companies of an agent, and whether they may hold leads
        agents = self.env["res.users"].sudo().browse(set(agent_of.values()))
        companies = {agent.id: agent.company_ids._ids for agent in agents}
        unable = agents._leads_unable()
        verdicts = {}
        for partner_id, agent_id in agent_of.items():
            verdict, lead = examined.verdicts[partner_id], examined.leads.by_commercial[partner_id]
            if agent_id in unable:
                verdict = _unable(unable[agent_id])
            elif lead.holder_id == agent_id:
                verdict = eligibility.Verdict("already", "already")
            elif verdict.result == "assigned" and lead.company_id and lead.company_id not in companies[agent_id]:
                verdict = eligibility.Verdict("not_assignable", "company")
            verdicts[partner_id] = verdict
        return verdicts

    def _insert(self, requests: list[Request], leads: Leads) -> dict[int, int]:
        """Insert active assignments, except for customers assigned by somebody else meanwhile.

        Customers are sorted, so that two managers lock in the same order. A conflicting row of a transaction that
        committed after ours began raises a serialization error, which Odoo retries. The data on the customers tells how
        fresh the leads are.

        :param requests: of commercial customers
        :returns: ``{commercial customer: assignment}``
        """
        if not requests:
            return {}
        partner_ids, agents, reasons = zip(*requests, strict=True)
        history = self.env["leads.agent.history"]
        history._take_in(partner_ids)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_assignment (
                       partner_id, order_id, agent_id, company_id, state, source, reason, batch_id, assigned_at,
                       assigned_by_id, first_id, is_assigned, is_resolved, is_sale, conversion, create_uid, write_uid,
                       create_date, write_date, last_event_at, last_contact_at)
                SELECT t.partner_id, t.order_id, t.agent_id, %(company)s, 'active', %(source)s, t.reason, %(batch)s,
                       %(now)s, %(uid)s, (%(before)s), 1, 0, 0,
                       (SELECT 0 FROM sale_order WHERE id = t.order_id AND state <> 'sale'), %(uid)s, %(uid)s, %(now)s,
                       %(now)s, GREATEST(h.event_at, %(now)s), h.contact_at
                  FROM unnest(%(partners)s::int[], %(orders)s::int[], %(agents)s::int[], %(reasons)s::text[])
                       AS t (partner_id, order_id, agent_id, reason)
            CROSS JOIN LATERAL (%(events)s) h
           ON CONFLICT (partner_id) WHERE state = 'active' DO NOTHING
             RETURNING partner_id, id
                """,
                company=self.env.company.id,
                source=self.terms.source,
                batch=self.batch.id if self.batch else None,
                now=self.env.cr.now().replace(microsecond=0),
                uid=self.env.uid,
                partners=list(partner_ids),
                orders=[leads.by_commercial[partner_id].order_id for partner_id in partner_ids],
                agents=list(agents),
                reasons=[reason or None for reason in reasons],
                before=figures.lead_before_sql("t"),
                events=history._newest_events("t"),
            )
        )
        return dict(rows)

    def _follow_up(self, created: dict[int, int], agent_of: dict[int, int]):
        """Update everything that depends on new assignments: stored holders, history, figures, notices."""
        if not created:
            return
        assignments = self.assignments.browse(created.values())
        assignments.invalidate_model()
        holders.propagate(self.env, list(created))
        self.env["leads.agent.history"]._log_assignments(assignments, "assigned", self.env.cr.now())
        figures.count_logged(assignments)
        assignments._on_started()
        by_agent = defaultdict(list)
        for partner_id in created:
            by_agent[self.env["res.users"].browse(agent_of[partner_id])].append(partner_id)
        notices.tell_agents(self.env, by_agent, "assigned", self.tell)

    def _results(self, requests, leads, verdicts, created, agent_of) -> list[Result]:
        """Return one result with a sentence per request."""
        # sudo: res.partner, res.users - names of customers and holders, in sentences for users who may assign
        partners, users = self.env["res.partner"].sudo(), self.env["res.users"].sudo()
        holder_of = {p: lead.holder_id for p, lead in leads.by_commercial.items() if lead.holder_id}
        if lost := [p for p, verdict in verdicts.items() if verdict.result == "assigned" and p not in created]:
            active = Domain("partner_id", "in", lost) & Domain("state", "=", "active")
            # sudo: leads.agent.assignment - the holder who was faster
            rows = self.assignments.sudo()._read_group(active, ["partner_id", "agent_id"])
            holder_of |= {partner.id: holder.id for partner, holder in rows}
        names = {user.id: user.name for user in users.browse({*holder_of.values(), *agent_of.values()} - {0})}
        nothing, wording = self.assignments.browse(), self.env["leads.agent.wording"]
        prefetch = tuple(leads.by_commercial)
        results = []
        for request in requests:
            partner_id = leads.commercial_of.get(request.partner_id)
            if not partner_id:
                sentence = wording._verdict("gone")
                logged = wording._logged("gone")
                results.append(Result("gone", sentence, partners, request.agent_id, users, nothing, logged))
                continue
            result, cause = verdicts[partner_id].result, verdicts[partner_id].cause
            agent_id, holder_id = agent_of[partner_id], holder_of.get(partner_id)
            if result == "assigned" and partner_id not in created:
                result = cause = "held"
            elif result == "assigned" and request.agent_id != agent_id:
                # Requested twice, for two agents
                result, cause, holder_id = "held", "held", agent_id
            sentence = wording._verdict(
                cause, leads.names[partner_id], names.get(agent_id, ""), names.get(holder_id, "")
            )
            is_taken = result == "assigned" and verdicts[partner_id].replaces_holder
            results.append(
                Result(
                    result,
                    sentence,
                    partners.browse(partner_id).with_prefetch(prefetch),
                    agent_id,
                    users.browse(holder_id) if is_taken else users,
                    nothing.browse(created.get(partner_id, ())),
                    wording._logged(cause, names.get(agent_id, ""), names.get(holder_id, "")),
                )
            )
        return results
