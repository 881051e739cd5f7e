"""B9: the order list over HTTP with two workers, compared with the simplest possible request."""

import contextlib
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import requests

from odoo import SUPERUSER_ID, api
from odoo.tools import config

from ..generator import SHAPES
from ..report import Row
from .visibility import (
    COUNT_LIMIT,
    PAGE,
    page,
    plan_of,
    record_alternatives,
    set_settings,
    specification_of_orders,
)

SCRIPT = Path(__file__).parent.parent / "serve.py"
SECONDS_TO_START = 60
CALLS_PER_ROUND = 8


def run(registry, scale, rounds, record) -> None:
    specification = specification_of_orders(registry)
    set_settings(registry, lock=True, non_partial=False)
    arguments = {"specification": specification, "limit": PAGE, "count_limit": COUNT_LIMIT}
    rows = {}
    with server() as base:
        for nr, shape in list(enumerate(SHAPES))[:2]:
            login = f"bench_agent_{nr:02}"
            agent, peer = Client(base, login), Client(base, "bench_own")
            works = {
                "floor": lambda agent=agent: agent.call("res.users", "context_get"),
                "ours": lambda agent=agent: agent.call("sale.order", "web_search_read", [], **arguments),
                "peer": lambda peer=peer: peer.call("sale.order", "web_search_read", [], **arguments),
            }
            times = interleave(works, rounds)
            for peer_name, limit in (("peer", 1.0), ("floor", 10.0)):
                rows[login, limit] = Row(
                    case="B9",
                    scale=scale.name,
                    what="order list over HTTP, locked, partial",
                    shape=shape,
                    size=scale.orders,
                    ours_ms=statistics.median(times["ours"]),
                    ours_p95=sorted(times["ours"])[int(len(times["ours"]) * 0.95)],
                    queries=0,
                    peer="personal orders" if peer_name == "peer" else "context_get",
                    peer_ms=statistics.median(times[peer_name]),
                    goal="G1",
                    limit=limit,
                )
    for (login, _limit), row in rows.items():
        if row.verdict != "FAIL":
            record(row)
            continue
        with registry.cursor() as cr:
            agent = api.Environment(cr, SUPERUSER_ID, {})["res.users"].search([("login", "=", login)]).id
        record(replace(row, note=plan_of(registry, agent, limit=PAGE)))
        # Measured in the process: HTTP adds the same time for all shapes.
        record_alternatives(
            registry, record, row, (True, False), agent, lambda env: page(env["sale.order"], specification)
        )
    set_settings(registry, lock=False, non_partial=False)


class Client:
    """A signed-in client that keeps its connection open."""

    def __init__(self, base, login):
        self.base, self.session = base, requests.Session()
        self.context = {}
        self._post("/web/session/authenticate", {"db": config["db_name"][0], "login": login, "password": login})
        # Like the web client: each request includes the user's settings.
        self.context = self.call("res.users", "context_get")

    def call(self, model, method, *args, **kwargs):
        kwargs = {"context": self.context, **kwargs}
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path, params):
        answer = self.session.post(self.base + path, json={"jsonrpc": "2.0", "params": params}, timeout=60).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]


def interleave(works, rounds):
    times = {name: [] for name in works}
    names = list(works)
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            for _call in range(CALLS_PER_ROUND):
                start = time.perf_counter()
                works[name]()
                if turn:
                    times[name].append((time.perf_counter() - start) * 1000)
    return times


@contextlib.contextmanager
def server(*options):
    """Yield the address of a server with the configuration of this process.

    :param options: of the command line, in addition to the configuration
    """
    base = f"http://127.0.0.1:{config['http_port']}"
    command = [sys.executable, str(SCRIPT), "-c", config["config"], "-d", config["db_name"][0], "--log-level", "warn"]
    process = subprocess.Popen([*command, "--max-cron-threads", "0", *options], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"{base}/web/login", timeout=60).raise_for_status()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Odoo did not start.")
            time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait()
