"""B20: the time from opening a page in Chromium to its first row, compared with Odoo's list of quotations."""

import statistics

from sandbox import browser

from ..report import Row
from .http import Client, server
from .visibility import set_settings

# Each round measures a page cold (empty browser caches) and warm, so a few rounds take minutes.
MOST_ROUNDS = 9
SECONDS_TO_WAIT = 60
WIDTH, HEIGHT = 1280, 800
ROW = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
# name: the user, the path, the selector of the first row
PEER = ("quotations", "bench_own", "action-sale.action_quotations", ROW)
PAGES = (
    ("dashboard", "bench_agent_00", "leads-agent", ".o_leads_agent_lead", 0.6),
    ("orders", "bench_agent_00", "leads-orders", ROW, 0.9),
    ("customers", "bench_agent_00", "leads-customers", ROW, 0.9),
    ("live floor", "bench_manager", "leads-floor", ".o_leads_agent_floor_value", 0.9),
)
LEADS_PAGE = (("leads page", "bench_manager", "all-leads", ROW, 0.9),)


def run(registry, scale, rounds, record) -> None:
    set_settings(registry, lock=True, non_partial=False)
    pages = LEADS_PAGE if "leads.agent.lifecycle.rule" in registry else PAGES
    # With workers, the bus would need a proxy in front of the server.
    with server("--workers", "0") as base, browser.opened() as tab:
        tab.resize(WIDTH, HEIGHT)
        works = {page[0]: _Page(tab, base, *page[1:4]) for page in (PEER, *pages)}
        times = _in_turns(works, min(rounds, MOST_ROUNDS))
    for name, _login, path, _row, limit in pages:
        for state in ("cold", "warm"):
            ours, peer = times[name, state], times[PEER[0], state]
            record(
                Row(
                    case="B20",
                    scale=scale.name,
                    what=f"first row of the {name}, {state}",
                    shape=path,
                    size=scale.orders,
                    ours_ms=statistics.median(ours),
                    ours_p95=max(ours),
                    queries=0,
                    peer="Odoo's quotations",
                    peer_ms=statistics.median(peer),
                    goal="G16",
                    limit=limit,
                )
            )
    set_settings(registry, lock=False, non_partial=False)


def _in_turns(works, rounds):
    """Return milliseconds: ``{(name, "cold" or "warm"): [float, ...]}``, a round per entry."""
    times = {(name, state): [] for name in works for state in ("cold", "warm")}
    names = list(works)
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            cold, warm = works[name].open_twice()
            # The first round fills the caches of the server.
            if turn:
                times[name, "cold"].append(cold)
                times[name, "warm"].append(warm)
    return times


class _Page:
    """A page opened in the browser as a certain user."""

    def __init__(self, tab, base, login, path, row):
        self.tab, self.base, self.row = tab, base, row
        self.url = f"{base}/odoo/{path}"
        self.session_id = Client(base, login).session.cookies["session_id"]

    def open_twice(self):
        """Return the milliseconds to the first row, first with empty caches and then again."""
        self.tab.forget(self.base)
        self.tab.use_session(self.base, self.session_id)
        return [self.tab.time_to(self.url, self.row, SECONDS_TO_WAIT) for _time in range(2)]
