"""B6: the dashboard of an agent with 50, 500 and 5,000 customers, compared with Odoo's order list.

The dashboard is one request: figures, 80 leads, the 10 latest entries of the history. Its peer is the request of Odoo's
own order list, as a salesperson who only sees personal orders. The history has its own peer: the fastest SQL that finds
the 10 latest messages of the same customers and their orders in Odoo's table, without checking any access rights. The
same query on our own table, which the addon maintains for this, is reported too.

The agents are created here, get unassigned customers, and are deleted afterwards.
"""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

from odoo.addons.leads_agent import holders
from odoo.addons.leads_agent.assigning import Assigning, Request, Terms

from ..measure import Candidate, interleave
from ..report import Row, exponent
from .visibility import PAGE, specification_of_orders

CUSTOMERS = (50, 500, 5_000)
MOST_QUERIES = 14
RAW_MESSAGES = """
    SELECT m.id, m.date
      FROM (SELECT 'res.partner' AS model, p.id FROM res_partner p WHERE p.leads_agent_id = %(agent)s
            UNION ALL
            SELECT 'sale.order', o.id FROM sale_order o WHERE o.leads_agent_id = %(agent)s) d
CROSS JOIN LATERAL (
           SELECT id, date FROM mail_message WHERE model = d.model AND res_id = d.id ORDER BY id DESC LIMIT 10) m
  ORDER BY m.date DESC LIMIT 10
"""
RAW_HISTORY = """
    SELECT h.*
      FROM (SELECT partner_id FROM leads_agent_assignment WHERE agent_id = %(agent)s AND state = 'active'
          ORDER BY last_event_at DESC LIMIT 10) a
CROSS JOIN LATERAL (
           SELECT * FROM leads_agent_history WHERE partner_id = a.partner_id ORDER BY at DESC, id DESC LIMIT 10) h
  ORDER BY h.at DESC LIMIT 10
"""


def run(registry, scale, rounds, record) -> None:
    with registry.cursor() as cr:
        seller = api.Environment(cr, SUPERUSER_ID, {})["res.users"].search([("login", "=", "bench_own")]).id
    orders = specification_of_orders(registry)
    history = []
    with agents_with_customers(registry, scale) as agents:
        for agent, customers in agents:
            candidates = {
                "ours": Candidate(agent, lambda env: len(env["leads.agent.dashboard"].get_data()["leads"])),
                "peer": Candidate(
                    seller, lambda env: env["sale.order"].web_search_read([], orders, limit=PAGE)["length"]
                ),
            }
            timings = interleave(registry, candidates, rounds)
            ours, peer = timings["ours"], timings["peer"]
            record(_row(scale, "dashboard", customers, ours, "order list, personal orders", peer.median, "G8", 1.2))
            record(_figure(scale, "dashboard: queries", customers, ours.queries, "allowed", MOST_QUERIES, "G8", 1))
            candidates = {
                "ours": Candidate(agent, lambda env: len(env["leads.agent.history"]._latest(10))),
                "messages": Candidate(agent, _raw(RAW_MESSAGES, agent)),
                "history": Candidate(agent, _raw(RAW_HISTORY, agent)),
            }
            timings = interleave(registry, candidates, rounds)
            ours = timings["ours"]
            history.append((customers, ours.median))
            record(_row(scale, "history", customers, ours, "SQL on messages", timings["messages"].median, "G9", 4))
            record(_row(scale, "history", customers, ours, "SQL on our table", timings["history"].median, "", 0))
    if len(history) > 1:
        record(_figure(scale, "history: growth", history[-1][0], exponent(history), "exponent", 1, "G9", 0.25))


def _raw(sql, agent):
    def work(env):
        env.cr.execute(sql, {"agent": agent})
        return len(env.cr.fetchall())

    return work


@contextmanager
def agents_with_customers(registry, scale):
    """Yield ``(user id, customers)`` of agents with this many customers; smaller scales have fewer."""
    sizes = [size for size in CUSTOMERS if size <= scale.customers // 8]
    with registry.cursor() as cr:
        # Left by a run that was stopped
        cr.execute("SELECT id FROM res_users WHERE login LIKE 'bench_dashboard_%'")
        left = [row[0] for row in cr.fetchall()]
    if left:
        _forget(registry, left)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        cr.execute(
            """
            SELECT p.id FROM res_partner p
             WHERE p.leads_agent_id IS NULL AND p.commercial_partner_id = p.id AND p.active
               AND EXISTS (SELECT FROM sale_order WHERE leads_commercial_partner_id = p.id)
          ORDER BY md5(p.id::text) LIMIT %s
            """,
            [sum(sizes)],
        )
        free = [row[0] for row in cr.fetchall()]
        agents = []
        for size in sizes:
            user = env["res.users"].create(
                {
                    "login": f"bench_dashboard_{size}",
                    "password": f"bench_dashboard_{size}",
                    "name": f"Dashboard {size}",
                    "group_ids": [Command.set([env.ref("leads_agent.group_leads_agent").id])],
                }
            )
            mine, free = free[:size], free[size:]
            terms = Terms("manual", unconditional=True, unlimited=True)
            Assigning(env, terms).run([Request(partner_id, user.id) for partner_id in mine])
            agents.append((user.id, len(mine)))
    registry.clear_all_caches()
    with registry.cursor() as cr:
        cr.execute("ANALYZE leads_agent_assignment, leads_agent_history, res_partner, sale_order")
    try:
        yield agents
    finally:
        _forget(registry, [agent for agent, _customers in agents])


def _forget(registry, agent_ids):
    """Delete the agents and their data, so that the next case finds the database as generated."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        cr.execute("SELECT array_agg(partner_id) FROM leads_agent_assignment WHERE agent_id = ANY(%s)", [agent_ids])
        partner_ids = cr.fetchone()[0] or []
        cr.execute("DELETE FROM leads_agent_history WHERE partner_id = ANY(%s)", [partner_ids])
        cr.execute("DELETE FROM leads_agent_assignment WHERE agent_id = ANY(%s)", [agent_ids])
        env.invalidate_all()
        holders.propagate(env, partner_ids)
        cr.execute("UPDATE sale_order SET leads_last_agent_id = NULL WHERE leads_last_agent_id = ANY(%s)", [agent_ids])
        users = env["res.users"].browse(agent_ids)
        cr.execute("DELETE FROM leads_agent_call WHERE agent_id = ANY(%s)", [agent_ids])
        partners = users.partner_id
        users.unlink()
        partners.unlink()
    registry.clear_all_caches()


def _row(scale, what, customers, *args):
    return Row.timed("B6", scale.name, what, f"{customers:,} customers", customers, *args)


def _figure(scale, what, customers, *args):
    return Row.counted("B6", scale.name, what, f"{customers:,} customers", customers, *args)
