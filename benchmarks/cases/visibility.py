"""B1 to B3: what agents see, for each shape of agent, in all four combinations of the settings.

The peer under the lock is Odoo's own rule for a salesperson who only sees personal orders; without the lock, the
salesperson who sees all orders. The peer for customers is the administrator, to whom no rule applies.
"""

from dataclasses import replace

from lxml import etree

from odoo import SUPERUSER_ID, api

from ..generator import SHAPES
from ..measure import Candidate, explain, interleave
from ..report import Row
from . import shapes

COUNT_LIMIT = 10_001
PAGE = 80
# (lock, view non-partial) -> the name in the tables
SETTINGS = {
    (True, False): "locked, partial",
    (True, True): "locked, all states",
    (False, False): "unlocked, partial",
    (False, True): "unlocked, all states",
}


def run(registry, scale, rounds, record) -> None:
    orders = specification_of_orders(registry)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        login = dict(env["res.users"].search([("login", "like", "bench_%")]).mapped(lambda user: (user.login, user.id)))
        admin = env.ref("base.user_admin").id
        customers = _specification(env, "res.partner", "base.view_partner_tree")
    for (lock, non_partial), settings in SETTINGS.items():
        set_settings(registry, lock, non_partial)
        peer_name = "personal orders" if lock else "all orders"
        peer = login["bench_own"] if lock else login["bench_all"]
        for nr, shape in enumerate(SHAPES):
            agent = login[f"bench_agent_{nr:02}"]
            _orders(registry, scale, rounds, record, (lock, non_partial), shape, agent, peer, peer_name, orders)
            _customers(registry, scale, rounds, record, settings, shape, agent, admin, customers)
    set_settings(registry, False, False)


def _orders(registry, scale, rounds, record, settings, shape, agent, peer, peer_name, specification):
    works = {
        "B1 order list": ("G1", 1.0, lambda env: page(env["sale.order"], specification)),
        "B2 count": ("G2", 0.2, lambda env: env["sale.order"].search_count([], limit=COUNT_LIMIT)),
        "B3 search 80": ("G3", 2.0, lambda env: env["sale.order"].search([], limit=PAGE).ids),
    }
    name = SETTINGS[settings]
    for what, (goal, limit, work) in works.items():
        timings = interleave(registry, {"ours": Candidate(agent, work), "peer": Candidate(peer, work)}, rounds)
        row = _row(what, scale, name, shape, timings, peer_name, goal, limit)
        if row.verdict == "FAIL":
            search = {"limit": COUNT_LIMIT, "order": None} if goal == "G2" else {"limit": PAGE}
            row = replace(row, note=plan_of(registry, agent, **search))
        record(row)
        if row.verdict == "FAIL":
            record_alternatives(registry, record, row, settings, agent, work)


def plan_of(registry, agent, **search):
    """Return the plan of a search for orders as an agent."""
    with registry.cursor() as cr:
        return explain(api.Environment(cr, agent, {}), "sale.order", **search)


def record_alternatives(registry, record, row, settings, agent, work):
    """Measure other rules for a missed goal: the best of them, and none at all."""
    for name, timing in shapes.best(registry, settings, agent, work).items():
        what = f"{row.what}: {name}"
        record(Row.timed(row.case, row.scale, what, row.shape, row.size, timing, row.peer, row.peer_ms))


def _customers(registry, scale, rounds, record, settings, shape, agent, admin, specification):
    works = {
        "B1 customers": lambda env: page(env["res.partner"], specification),
        "B1 name search": lambda env: env["res.partner"].name_search("Harbour", limit=8),
    }
    for what, work in works.items():
        timings = interleave(registry, {"ours": Candidate(agent, work), "peer": Candidate(admin, work)}, rounds)
        record(_row(what, scale, settings, shape, timings, "administrator", "customers", 2.0))


def _row(what, scale, settings, shape, timings, peer_name, goal, limit):
    case, name = what.split(" ", 1)
    ours, peer = timings["ours"], timings["peer"]
    return Row(
        case=case,
        scale=scale.name,
        what=f"{name}, {settings}",
        shape=shape,
        size=scale.orders,
        ours_ms=ours.median,
        ours_p95=ours.p95,
        queries=ours.queries,
        peer=peer_name,
        peer_ms=peer.median,
        goal=goal,
        limit=limit,
    )


def page(model, specification):
    return model.web_search_read([], specification, limit=PAGE, count_limit=COUNT_LIMIT)["length"]


def specification_of_orders(registry):
    """Return the fields that the web client requests for the agents' order list."""
    with registry.cursor() as cr:
        return _specification(
            api.Environment(cr, SUPERUSER_ID, {}), "sale.order", "leads_agent.sale_order_view_list_leads"
        )


def _specification(env, model, view):
    arch = etree.fromstring(env[model].get_view(env.ref(view).id, "list")["arch"])
    specification = {}
    for node in arch.iterfind(".//field"):
        field = env[model]._fields[node.get("name")]
        if not field.groups:
            specification[field.name] = (
                {"fields": {"display_name": {}}} if field.type in ("many2one", "many2many") else {}
            )
    return specification


def set_settings(registry, lock, non_partial):
    """Set what agents see, for every company; committed."""
    with registry.cursor() as cr:
        companies = api.Environment(cr, SUPERUSER_ID, {})["res.company"].search([])
        companies.write({"leads_agent_lock_assigned": lock, "leads_agent_view_non_partial": non_partial})
    registry.clear_all_caches()
