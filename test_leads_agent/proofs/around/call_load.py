"""Twenty agents log outcomes on two workers at the same time, over HTTP, like their dashboards.

Each agent requests the next lead, begins a call and logs its outcome; every third outcome agrees on a callback. There
must be no error, an outcome for each call, each callback exactly once, and at most one open callback for a customer.
The time for an outcome is reported as a ratio to the simplest possible request, by the same clients in the same
minutes.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import cycle

from sandbox import addons, databases, postgres
from sandbox.console import Trouble, step
from sandbox.figures import Figure
from sandbox.odoo_process import Odoo

from .two_workers import Client, servers

DATABASE = "leads_call_load"
AGENTS, OUTCOMES, LEADS_EACH = 20, 200, 10
PROMISED = """
SELECT count(*) FROM leads_agent_callback c JOIN res_users u ON u.id = c.agent_id WHERE u.login LIKE 'caller_%'
"""
QUESTIONS = {
    "calls with an outcome": (
        "SELECT count(*) FROM leads_agent_call c JOIN res_users u ON u.id = c.agent_id"
        " WHERE u.login LIKE 'caller_%' AND c.state = 'done' AND c.disposition_id IS NOT NULL",
        AGENTS * OUTCOMES,
    ),
    "callbacks": (PROMISED, AGENTS * len(range(0, OUTCOMES, 3))),
    "callbacks that are neither open nor kept by a call": (
        f"{PROMISED} AND NOT (c.state = 'open' OR c.state = 'done' AND c.kept_call_id IS NOT NULL)",
        0,
    ),
    "customers with two open callbacks": (
        "SELECT count(*) FROM (SELECT FROM leads_agent_callback WHERE state = 'open' GROUP BY partner_id"
        " HAVING count(*) > 1) AS twice",
        0,
    ),
    "calls that two agents had with one customer": (
        "SELECT count(*) FROM (SELECT FROM leads_agent_call c JOIN res_users u ON u.id = c.agent_id"
        " WHERE u.login LIKE 'caller_%' GROUP BY c.partner_id HAVING count(DISTINCT c.agent_id) > 1) AS shared",
        0,
    ),
}


def prove(odoo: Odoo) -> list[Figure]:
    """Let the agents call, and return the figures.

    :raises Trouble: when a request failed, or a call or callback is lost or duplicated
    """
    with step("Making a database for twenty agents"):
        databases.copy_of_template(odoo, DATABASE)
        databases.install(odoo, DATABASE, ["-i", ",".join(addons.for_demo())])
    with step("Twenty agents log outcomes at two workers"), servers(odoo, DATABASE) as addresses:
        outcomes = _prepare(Client(addresses[0], "admin", DATABASE))
        started = time.monotonic()
        with ThreadPoolExecutor(AGENTS) as pool:
            days = [
                pool.submit(_work, base, f"caller_{nr}", outcomes)
                for nr, base in zip(range(AGENTS), cycle(addresses), strict=False)
            ]
            times = [day.result() for day in days]
        seconds = time.monotonic() - started
    figures = [Figure("call load", "20 agents, 2 workers", "seconds in all", f"{seconds:.0f}")]
    for question, (statement, expected) in QUESTIONS.items():
        [(found,)] = odoo.postgres.rows(statement, database=DATABASE)
        if found != expected:
            raise Trouble(f"{question}: {found} instead of {expected}")
        figures.append(Figure("call load", "20 agents, 2 workers", question, str(found)))
    for name in ("next lead", "begin", "outcome"):
        p95 = [_p95([taken for day in times for taken in day[kind]]) for kind in (name, "trivial")]
        ratio = f"{p95[0]:.0f} ms, {p95[0] / p95[1]:.2f}x of a trivial request ({p95[1]:.0f} ms)"
        figures.append(Figure("call load", "20 agents, 2 workers", f"{name}, 95th percentile", ratio))
    postgres.drop(odoo.postgres, DATABASE)
    return figures


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _prepare(admin: Client) -> dict[str, int]:
    """Create the agents and their leads; return the dispositions."""
    admin.call("leads.agent.calling.hours", "unlink", admin.call("leads.agent.calling.hours", "search", []))
    companies = admin.call("res.company", "search", [])
    admin.call("res.company", "write", companies, {"leads_agent_calls_per_day": 0, "leads_agent_most_callbacks": 0})
    [role] = admin.call("ir.model.data", "search_read", [["name", "=", "group_leads_agent"]], ["res_id"])
    logins = [f"caller_{nr}" for nr in range(AGENTS)]
    agents = admin.call(
        "res.users",
        "create",
        [
            {"name": login, "login": login, "password": login, "group_ids": [[6, 0, [role["res_id"]]]]}
            for login in logins
        ],
    )
    customers = admin.call(
        "res.partner",
        "create",
        [
            {"name": f"Customer {nr}", "is_company": True, "phone": f"+32 2 555 {nr:04}"}
            for nr in range(AGENTS * LEADS_EACH)
        ],
    )
    orders = admin.call("sale.order", "create", [{"partner_id": customer} for customer in customers])
    [batch] = admin.call(
        "leads.agent.batch.assign",
        "create",
        [{"agent_ids": [[6, 0, agents]], "selected_order_ids": orders}],
    )
    admin.call("leads.agent.batch.assign", "action_assign", [batch])
    values = {"fate": "keep", "cooling_days": 0}
    names = {"again": {**values, "name": "Again"}, "later": {**values, "name": "Later", "asks_callback": True}}
    ids = admin.call("leads.agent.disposition", "create", list(names.values()))
    return dict(zip(names, ids, strict=True))


def _work(base: str, login: str, outcomes: dict[str, int]) -> dict[str, list[float]]:
    """Play the day of one agent; return the durations of the requests, in milliseconds."""
    client = Client(base, login, DATABASE)
    mine = client.call("leads.agent.assignment", "search_read", [["state", "=", "active"]], ["partner_id"])
    times = {"next lead": [], "begin": [], "outcome": [], "trivial": []}

    def timed(kind: str, *request: object) -> object:
        start = time.perf_counter()
        answer = client.call(*request)
        times[kind].append((time.perf_counter() - start) * 1000)
        return answer

    for nr in range(OUTCOMES):
        timed("trivial", "res.users", "context_get")
        timed("next lead", "leads.agent.desk", "next_lead")
        customer = mine[nr % len(mine)]["partner_id"][0]
        call = timed("begin", "leads.agent.call", "start", customer)["call_id"]
        day = date.today() + timedelta(days=1 + nr % 200)
        later = {"date": day.isoformat(), "time": 9 + nr % 9, "zone": ""}
        chosen = ("again", None) if nr % 3 else ("later", later)
        timed("outcome", "leads.agent.call", "finish", [call], outcomes[chosen[0]], f"Outcome {nr}", chosen[1])
    return times
