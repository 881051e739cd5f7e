"""Fill a database with customers, orders, messages and assignments of a scale. Deterministic."""

from dataclasses import dataclass
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

SQL_FILE = Path(__file__).with_name("generate.sql")
AGENT = "leads_agent.group_leads_agent"
# The names of the agents' shapes in the tables, in the order of their users.
SHAPES = ("10%", "1%", "220", "2,000 old", "none", "220, two taken over")
AGENTS = 100
FEW, OLD = 220, 2_000


@dataclass(frozen=True)
class Scale:
    """The size of the database. ``few`` and ``old`` are customers of the agents with a fixed number of them."""

    name: str
    customers: int
    orders: int
    messages: int

    @property
    def few(self) -> int:
        return min(FEW, self.customers // 10)

    @property
    def old(self) -> int:
        return min(OLD, self.customers // 100)


SCALES = {
    scale.name: scale
    for scale in (
        Scale("S", 2_000, 10_000, 10_000),
        Scale("M", 20_000, 100_000, 100_000),
        Scale("L", 200_000, 1_000_000, 1_000_000),
    )
}


def fill(registry, scale: Scale) -> None:
    """Fill the database once; the users are identified by their logins (``bench_agent_00``, ``bench_own`` ...)."""
    # Importable once Odoo has read its configuration.
    from odoo.addons.leads_agent import holders

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        users = _users(env)
        product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
        env.flush_all()
        cr.execute(
            SQL_FILE.read_text(),
            {
                "customers": scale.customers,
                "orders": scale.orders,
                "messages": scale.messages,
                "few": scale.few,
                "old": scale.old,
                "agents": users["agents"],
                "salespeople": users["salespeople"],
                "product": product.id,
            },
        )
        env.invalidate_all()
        cr.execute("SELECT partner_id FROM leads_agent_assignment WHERE state = 'active'")
        held = [row[0] for row in cr.fetchall()]
        holders.propagate(env, held)
        env["leads.agent.history"]._take_in(held)
    vacuum(registry)


def vacuum(registry) -> None:
    """Vacuum like autovacuum: rolled back transactions leave dead rows, which prevent index-only scans."""
    with registry.cursor() as cr:
        cr._cnx.rollback()
        cr._cnx.autocommit = True
        try:
            cr.execute("VACUUM ANALYZE")
        finally:
            cr._cnx.autocommit = False


def _users(env) -> dict[str, list[int]]:
    """Create agents, the shapes first; salespeople, the first of whom only sees personal orders; one who sees all."""

    def create(logins: list[str], groups: list[str]) -> list[int]:
        users = env["res.users"].create(
            [
                {
                    "login": login,
                    "name": login.replace("_", " ").title(),
                    "email": f"{login}@example.com",
                    "password": login,
                    "group_ids": [Command.set([env.ref(group).id for group in groups])],
                }
                for login in logins
            ]
        )
        return users.ids

    own, everything = "sales_team.group_sale_salesman", "sales_team.group_sale_salesman_all_leads"
    agents = create([f"bench_agent_{nr:02}" for nr in range(AGENTS)], [AGENT])
    create(["bench_all"], [everything, "base.group_partner_manager"])
    create(["bench_manager"], ["leads_agent.group_leads_manager"])
    salespeople = create(["bench_own"], [own]) + agents[1:]
    return {"agents": agents, "salespeople": salespeople}


def checksums(env) -> dict[str, int]:
    """Return figures that must be the same in every database of a scale: fast results must also be correct."""
    questions = {
        "customers held": "SELECT count(*) FROM leads_agent_assignment WHERE state = 'active'",
        "orders held": "SELECT count(*) FROM sale_order WHERE leads_agent_id IS NOT NULL",
        "partial orders": "SELECT count(*) FROM sale_order WHERE state IN ('draft', 'sent')",
        "orders on contacts": "SELECT count(*) FROM sale_order WHERE partner_id <> leads_commercial_partner_id",
    }
    return {question: _figure(env, sql) for question, sql in questions.items()}


def _figure(env, sql: str) -> int:
    env.cr.execute(sql)
    return env.cr.fetchone()[0]
