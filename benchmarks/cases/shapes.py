"""B3: other shapes of the rule that locks agents to their customers, in plain SQL, beside the one that was chosen.

All ask for the same: the newest 80 quotations of the customers whom the agent holds or whose grace is not over. The
peer of each is what the record rules of the addon amount to; a ratio above 1 means that the peer is faster.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from ..generator import SHAPES
from ..measure import Candidate, interleave
from ..report import Row
from .visibility import PAGE, set_settings

PARTIAL = SQL("o.state IN ('draft', 'sent') AND o.company_id = 1")
# What decides that an order is in sight of the agent; each is a shape that somebody would write.
ALTERNATIVES = {
    "join on the customer's holder, no grace": """
        EXISTS (SELECT FROM res_partner p WHERE p.id = o.partner_id AND p.leads_agent_id = %(uid)s)""",
    "assignment looked up per order": """
        EXISTS (SELECT FROM leads_agent_assignment a WHERE a.partner_id = o.leads_commercial_partner_id
                   AND a.agent_id = %(uid)s AND (a.state = 'active' OR a.visible_until > %(now)s))""",
    "customer among the agent's assignments": """
        o.leads_commercial_partner_id IN (SELECT a.partner_id FROM leads_agent_assignment a
                   WHERE a.agent_id = %(uid)s AND (a.state = 'active' OR a.visible_until > %(now)s))""",
    "stored holder or assignment in its grace": """
        (o.leads_agent_id = %(uid)s OR o.leads_commercial_partner_id IN (SELECT a.partner_id
                   FROM leads_agent_assignment a WHERE a.agent_id = %(uid)s AND a.visible_until > %(now)s))""",
    "stored holder alone, no grace": "o.leads_agent_id = %(uid)s",
}


def run(registry, scale, rounds, record) -> None:
    set_settings(registry, lock=True, non_partial=False)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        users = env["res.users"].search([("login", "like", "bench_agent_%")], order="login", limit=len(SHAPES))
    for agent, shape in zip(users.ids, SHAPES, strict=True):
        candidates = {name: Candidate(agent, _work(condition)) for name, condition in ALTERNATIVES.items()}
        candidates["chosen"] = Candidate(agent, lambda env: env["sale.order"].search([], limit=PAGE).ids)
        timings = interleave(registry, candidates, rounds)
        chosen = timings.pop("chosen")
        for name, timing in timings.items():
            record(
                Row(
                    case="B3",
                    scale=scale.name,
                    what=f"search 80, {name}",
                    shape=shape,
                    size=scale.orders,
                    ours_ms=timing.median,
                    ours_p95=timing.p95,
                    queries=timing.queries,
                    peer="the rules as they are",
                    peer_ms=chosen.median,
                )
            )
    set_settings(registry, lock=False, non_partial=False)


def _work(condition):
    def work(env):
        query = SQL(
            "SELECT o.id FROM sale_order o WHERE %s AND %s ORDER BY o.date_order DESC, o.id DESC LIMIT %s",
            PARTIAL,
            SQL(condition, uid=env.uid, now=env.cr.now()),
            PAGE,
        )
        return [row[0] for row in env.execute_query(query)]

    return work
