"""B7 and B8: routing and offering incoming leads to 100 agents, beside Odoo's own assignment; offers that expire.

Everything happens in a transaction that is rolled back. Left out where the addon is not installed.
"""

import random
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.tools import SQL

from ..report import Row, exponent
from .assigning_crm import _measure as measure_crm

SIZES = {"S": (1_000,), "M": (1_000,), "L": (1_000, 10_000)}
AGENTS, TAGS, HELD = 100, 40, 8
# Agents times more leads a second than Odoo's own assignment, and how much slower than a bare UPDATE expiry may be.
FASTER, SLOWER = 30, 10


def run(registry, scale, rounds, record) -> None:
    if "leads.agent.offer" not in registry:
        return
    native, _count = measure_crm(registry, 1_000)
    points = []
    for size in SIZES[scale.name]:
        routed, queries, expired, bare = _measure(registry, size)
        points.append((size, routed))
        shape = f"{size:,} leads"

        def row(case, what, ours, peer, peer_ms, goal="", limit=0.0, size=size, shape=shape):
            record(Row(case, scale.name, what, shape, size, ours, ours, 0, peer, peer_ms, goal, limit))

        if native:
            row("B7", "route and offer", routed, "CRM assignment", native * size / 1_000, "G10", 1 / FASTER)
        row("B7", "route and offer: queries", queries, "one a lead", size, "G10", 1.0)
        row("B8", "expire and offer to the next", expired, "bare UPDATE", bare, "G14", SLOWER)
    if len(points) > 1:
        growth = Row.counted(
            "B7", scale.name, "routing: growth", shape, size, exponent(points), "exponent", 1, "G12", 1.1
        )
        record(growth)


def _measure(registry, size):
    """Milliseconds and queries of routing, and milliseconds of expiring and of a bare UPDATE of the same offers."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        try:
            leads = _leads(env, size)
            routed, queries = _timed(env, leads._leads_offer_now)
            offers = env["leads.agent.offer"].search([("lead_id", "in", leads.ids)])
            env.cr.execute(
                "UPDATE leads_agent_offer SET deadline = %s WHERE id = ANY(%s)",
                [fields.Datetime.now() - timedelta(minutes=1), offers.ids],
            )
            savepoint = env.cr.savepoint()
            bare, _queries = _timed(
                env,
                lambda: env.cr.execute(
                    SQL("UPDATE leads_agent_offer SET state = 'missed' WHERE id = ANY(%s)", offers.ids)
                ),
            )
            savepoint.close(rollback=True)
            env.invalidate_all()
            expired, _queries = _timed(env, lambda: _expire(env))
            return routed, queries, expired, bare
        finally:
            cr.rollback()
            registry.clear_all_caches()


def _expire(env):
    while env["leads.agent.offer"]._expire_due(1_000):
        env.flush_all()


def _timed(env, work):
    env.flush_all()
    env.invalidate_all()
    before, begun = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return 1000 * (time.perf_counter() - begun), env.cr.sql_log_count - before


def _leads(env, size):
    """Leads with one to three tags in their text, and agents who hold some of the tags."""
    draw = random.Random(42)
    agents = env["res.users"].create(
        [
            {
                "login": f"bench_offer_{nr}",
                "name": f"Offer {nr}",
                "group_ids": [Command.set(env.ref("leads_agent.group_leads_agent").ids)],
            }
            for nr in range(AGENTS)
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
            for agent in agents
        ]
    )
    team = env["crm.team"].create(
        {
            "name": "Bench offers",
            "leads_offer_routing": True,
            "crm_team_member_ids": [Command.create({"user_id": agent.id}) for agent in agents],
        }
    )
    leads = env["crm.lead"].with_context(leads_offer_later=True).create(
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
    return leads.with_context(leads_offer_later=False)
