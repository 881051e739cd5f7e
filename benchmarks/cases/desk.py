"""B11: the next lead of an agent with 50, 500 and 5,000 leads over HTTP, compared with the simplest possible request.

Measured at an hour when everybody may be called, and when nobody may: then all leads are checked without a result.
"""

import statistics

from odoo import SUPERUSER_ID, api

from ..report import Row, exponent
from .dashboard import agents_with_customers
from .http import Client, interleave, server


def run(registry, scale, rounds, record) -> None:
    for hours in ("open", "closed"):
        _set_hours(registry, hours == "open")
        points = []
        with agents_with_customers(registry, scale) as agents, server() as base:
            for agent, customers in agents:
                client = Client(base, _login(registry, agent))
                works = {
                    "floor": lambda client=client: client.call("res.users", "context_get"),
                    "ours": lambda client=client: client.call("leads.agent.desk", "next_lead"),
                }
                times = interleave(works, rounds)
                median = statistics.median(times["ours"])
                points.append((customers, median))
                record(
                    Row(
                        case="B11",
                        scale=scale.name,
                        what=f"next lead over HTTP, {hours}",
                        shape=f"{customers:,} leads",
                        size=customers,
                        ours_ms=median,
                        ours_p95=sorted(times["ours"])[int(len(times["ours"]) * 0.95)],
                        queries=0,
                        peer="context_get",
                        peer_ms=statistics.median(times["floor"]),
                        goal="Next" if hours == "open" else "",
                        limit=3.0,
                    )
                )
        if len(points) > 1 and hours == "open":
            shape = f"{points[-1][0]:,} leads"
            record(
                Row.counted(
                    "B11",
                    scale.name,
                    "next lead: growth",
                    shape,
                    points[-1][0],
                    exponent(points),
                    "exponent",
                    1,
                    "Next",
                    0.3,
                )
            )
    _set_hours(registry, is_open=True)


def _login(registry, user_id):
    with registry.cursor() as cr:
        return api.Environment(cr, SUPERUSER_ID, {})["res.users"].browse(user_id).login


def _set_hours(registry, is_open):
    """Allow calls at any hour, or at no time."""
    with registry.cursor() as cr:
        Hours = api.Environment(cr, SUPERUSER_ID, {})["leads.agent.calling.hours"]
        Hours.search([]).unlink()
        if not is_open:
            # A minute on Sunday.
            Hours.create({"days": "sunday", "hour_from": 0.0, "hour_to": 1 / 60})
    registry.clear_all_caches()
