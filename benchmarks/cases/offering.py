"""B7 and B8: routing and offering incoming leads to 100 agents; offers that expire, and that are accepted over HTTP.

Compared with Odoo's own assignment to as many salespeople, and with the optimal plan.

All but the last run in a transaction that is rolled back. Skipped if the addon is not installed.
"""

import random
import statistics
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from math import ceil

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.leads_agent_offer.job import Job
from odoo.addons.leads_agent_offer.models.crm_lead import LATER
from odoo.addons.leads_agent_offer.routing import ROOM, Routing
from odoo.addons.leads_agent_offer.tools import ranking

from ..optimum import best_sum
from ..report import Row, exponent
from .assigning_crm import _measure as measure_crm
from .http import Client, server

SIZES = (1_000, 10_000)
AGENTS, TAGS, HELD = 100, 40, 8
# The minimum ratio of leads per second to Odoo's own assignment, and the maximum ratio of expiry to a bare UPDATE.
FASTER, SLOWER = 10, 10
ONE_BY_ONE, BACKLOG = 94, 99
ACCEPTED = 60


def run(registry, scale, rounds, record) -> None:
    if "leads.agent.offer" not in registry:
        return
    native, _count = measure_crm(registry, SIZES[0], AGENTS, of_team=False)
    points = []
    for size in SIZES:
        found = _measure(registry, size)
        points.append((size, found["routed"]))
        shape = f"{size:,} leads, {AGENTS} agents"

        def row(case, what, ours, peer, peer_ms, goal="", limit=0.0, size=size, shape=shape):
            record(Row(case, scale.name, what, shape, size, ours, ours, 0, peer, peer_ms, goal, limit))

        if native and size == SIZES[0]:
            row("B7", "route and offer", found["routed"], "CRM assignment", native, "G10", 1 / FASTER)
        row("B7", "route and offer: queries", found["queries"], "one a lead", size, "G10", 1.0)
        if size == SIZES[0]:
            row("B7", "what the best plan scores", 100, "backlog, % of it", found["backlog"], "G11", 100 / BACKLOG)
            row("B7", "what the best plan scores", 100, "one by one, %", found["one_by_one"], "G11", 100 / ONE_BY_ONE)
        row("B8", "expire and offer to the next", found["expired"], "bare UPDATE", found["bare"], "G14", SLOWER)
    what = "routing: growth"
    record(Row.counted("B7", scale.name, what, shape, SIZES[-1], exponent(points), "exponent", 1, "G12", 1.1))
    _accept(registry, scale, record)


def _measure(registry, size):
    """Return milliseconds and queries of routing; its quality; milliseconds of expiring, and of a bare UPDATE."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        try:
            leads = _leads(env, size)
            # The other candidates track changes too.
            tracked = leads.with_context(tracking_disable=False)
            before = _snapshot(leads) if size == SIZES[0] else None
            routed, queries = _timed(env, Routing(tracked).offer)
            offers = env["leads.agent.offer"].search([("lead_id", "in", leads.ids)])
            found = {"routed": routed, "queries": queries, **(_quality(offers, *before) if before else {})}
            env.cr.execute(
                "UPDATE leads_agent_offer SET deadline = %s WHERE id = ANY(%s)",
                [fields.Datetime.now() - timedelta(minutes=1), offers.ids],
            )
            savepoint = env.cr.savepoint()
            found["bare"], _queries = _timed(
                env,
                lambda: env.cr.execute(
                    SQL("UPDATE leads_agent_offer SET state = 'missed' WHERE id = ANY(%s)", offers.ids)
                ),
            )
            savepoint.close(rollback=True)
            env.invalidate_all()
            found["expired"], _queries = _timed(env, lambda: _expire(env))
            return found
        finally:
            cr.rollback()
            registry.clear_all_caches()


def _snapshot(leads):
    """Return the agents and the tags of the leads as the routing will find them."""
    company = leads[0]._leads_company()
    agents = leads.env["leads.agent.profile"]._roster(company, leads.team_id)
    return agents, *Routing(leads).find_tags(company), company._leads_ranking_settings()


def _quality(offers, agents, hits_of, needs, settings):
    """Return the ratio to the optimal plan with the same rooms, for a backlog and for leads that arrive one by one."""
    room = ceil(ROOM * len(hits_of) / len(agents))
    roster = ranking.Roster(agents, settings)
    scores = {lead_id: roster.scores(hits, needs) for lead_id, hits in hits_of.items()}
    best = best_sum(scores, {agent.id: room for agent in agents})
    backlog = sum(scores[offer.lead_id.id][offer.agent_id.id] for offer in offers)
    fullest = max(len(mine) for mine in offers.grouped("agent_id").values())
    assert fullest <= room, f"{fullest} leads for an agent with room for {room}"
    bounded = ranking.Roster([replace(agent, room=room) for agent in agents], settings)
    one_by_one = 0
    for nr, (lead_id, hits) in enumerate(hits_of.items(), start=1):
        first = bounded.first(hits, needs)
        if first:
            one_by_one += scores[lead_id][first]
            bounded.served(first, 10.0**9 + nr)
    return {"backlog": 100 * backlog / best, "one_by_one": 100 * one_by_one / best}


def _expire(env):
    while Job(env).expire(1_000):
        env.flush_all()


def _timed(env, work):
    env.flush_all()
    env.invalidate_all()
    before, begun = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    env.cr.precommit.run()
    return 1000 * (time.perf_counter() - begun), env.cr.sql_log_count - before


def _accept(registry, scale, record):
    """G13: accepting over HTTP. The peer: a salesperson converts such leads, with new customers and to-dos."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seller_id = env["res.users"].search([("login", "=", "bench_all")]).id
        model_id = env["ir.model"]._get_id("crm.lead")
    with _offered(registry) as (login, offer_ids, others), server() as base:
        agent, seller = Client(base, login), Client(base, "bench_all")
        times = {"ours": [], "peer": []}
        for offer_id, lead_id in zip(offer_ids, others, strict=True):
            for name, call in (
                ("ours", lambda offer_id=offer_id: agent.call("leads.agent.offer", "action_accept", [offer_id])),
                ("peer", lambda lead_id=lead_id: _convert(seller, seller_id, model_id, lead_id)),
            ):
                begun = time.perf_counter()
                call()
                times[name].append(1000 * (time.perf_counter() - begun))
        ours, peer = (sorted(times[name][5:]) for name in ("ours", "peer"))
        shape = f"{len(ours)} offers"
        figures = (statistics.median(ours), ours[int(len(ours) * 0.95)], 0)
        peer = ("Convert to Opportunity, 3 to-dos", statistics.median(peer), "G13", 1.0)
        record(Row("B8", scale.name, "accept an offer over HTTP", shape, len(ours), *figures, *peer))


def _convert(seller, seller_id, model_id, lead_id):
    """Convert a lead with Odoo's own wizard, in as few requests as the web client needs."""
    context = {"active_model": "crm.lead", "active_id": lead_id, "active_ids": [lead_id]}
    values = {"name": "convert", "action": "create", "user_id": seller_id}
    [wizard_id] = seller.call("crm.lead2opportunity.partner", "create", [values], context=context)
    seller.call("crm.lead2opportunity.partner", "action_apply", [wizard_id], context=context)
    to_do = {"res_model_id": model_id, "res_id": lead_id, "user_id": seller_id}
    seller.call("mail.activity", "create", [{**to_do, "date_deadline": f"2030-01-{day:02}"} for day in (1, 7, 21)])


@contextmanager
def _offered(registry):
    """Yield leads offered to one agent, and as many without an offer, visible to everybody; deleted afterwards."""
    context = {"tracking_disable": True, "no_reset_password": True}
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, context)
        leads = _leads(env, ACCEPTED, agents=1)
        Routing(leads).offer()
        offers = leads.leads_offer_ids
        agent = offers.agent_id
        # Avoids Odoo's mail about a new password
        agent._set_encrypted_password(agent.id, agent._crypt_context().hash(agent.login))
        others = env["crm.lead"].create(
            [
                {
                    "name": f"Peer {nr}",
                    "type": "lead",
                    "user_id": False,
                    "team_id": False,
                    "email_from": f"peer{nr}@example.com",
                }
                for nr in range(ACCEPTED)
            ]
        )
        made = leads.ids, leads.team_id.id, agent.id, agent.login, offers.ids, others.ids
    lead_ids, team_id, agent_id, login, offer_ids, other_ids = made
    try:
        yield login, offer_ids, other_ids
    finally:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, context)
            leads, agent = env["crm.lead"].browse(lead_ids), env["res.users"].browse(agent_id)
            leads += env["crm.lead"].browse(other_ids)
            customers, rosters = leads.partner_id, leads.leads_routing_ids.roster_id
            cr.execute("DELETE FROM leads_agent_score_entry WHERE agent_id = %s", [agent_id])
            cr.execute("DELETE FROM leads_agent_assignment WHERE agent_id = %s", [agent_id])
            leads.unlink()
            rosters.unlink()
            customers.unlink()
            env["crm.team"].browse(team_id).unlink()
            env["leads.agent.profile"].search([("user_id", "=", agent_id)]).unlink()
            env["leads.agent.tag"].search([("name", "=like", "subject%x")]).unlink()
            partner = agent.partner_id
            agent.unlink()
            partner.unlink()


def _leads(env, size, agents=AGENTS):
    """Create leads with one to three tags in their text, and agents with some of the tags."""
    draw = random.Random(42)
    crew = env["res.users"].create(
        [
            {
                "login": f"bench_offer_{nr}",
                "name": f"Offer {nr}",
                "group_ids": [Command.set(env.ref("leads_agent.group_leads_agent").ids)],
            }
            for nr in range(agents)
        ]
    )
    names = [f"subject{nr:02}x" for nr in range(TAGS)]
    tags = env["leads.agent.tag"].create([{"name": name} for name in names])
    env["leads.agent.profile"].create(
        [
            {
                "user_id": agent.id,
                "skill_ids": [
                    Command.create({"tag_id": tag.id, "weight": draw.randint(1, 10)})
                    for tag in draw.sample(list(tags), HELD)
                ],
            }
            for agent in crew
        ]
    )
    team = env["crm.team"].create(
        {
            "name": "Bench offers",
            "leads_offer_routing": True,
            "crm_team_member_ids": [Command.create({"user_id": agent.id}) for agent in crew],
        }
    )
    leads = env["crm.lead"].with_context(leads_offer_later=LATER).create(
        [
            {
                "name": f"Bench {nr}",
                "type": "lead",
                "user_id": False,
                "team_id": team.id,
                "email_from": f"offer{nr}@bench{nr}.example.com",
                "description": " and ".join(draw.sample(names, draw.randint(1, 3))),
            }
            for nr in range(size)
        ]
    )  # fmt: skip
    env.flush_all()
    return leads.with_context(leads_offer_later=None)
