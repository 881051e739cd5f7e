"""Rows of figures: a JSON line each while measuring, and a table at the end."""

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

JUDGED = ("L", "S-L")
# Goals that do not depend on the number of orders: checked at every scale.
JUDGED_ANYWHERE = ("G16", "G20")


@dataclass(frozen=True)
class Row:
    """A figure, its peer, and its goal.

    :param case: B1, B2 ... of the benchmark
    :param goal: G1, G2 ... or "" for a figure without a goal
    :param limit: the maximum of ours / peer
    :param note: why a goal cannot be met, or a query plan
    """

    case: str
    scale: str
    what: str
    shape: str
    size: int
    ours_ms: float
    ours_p95: float
    queries: int
    peer: str = ""
    peer_ms: float = 0.0
    goal: str = ""
    limit: float = 0.0
    note: str = ""

    @classmethod
    def timed(cls, case, scale, what, shape, size, timing, peer, peer_ms, goal="", limit=0.0) -> "Row":
        """Return the row of a time, compared with a peer."""
        figures = (timing.median, timing.p95, timing.queries)
        return cls(case, scale, what, shape, size, *figures, peer, peer_ms, goal, limit)

    @classmethod
    def counted(cls, case, scale, what, shape, size, ours, peer, allowed, goal="", limit=1.0) -> "Row":
        """Return the row of a figure that is not a time, compared with what is allowed."""
        return cls(case, scale, what, shape, size, ours, ours, 0, peer, allowed, goal, limit)

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.peer_ms if self.peer_ms else 0.0

    @property
    def verdict(self) -> str:
        """The result for the goal. Most goals apply to a million orders; smaller scales only show the trend."""
        if not self.goal or (self.scale not in JUDGED and self.goal not in JUDGED_ANYWHERE):
            return ""
        return "PASS" if self.ratio <= self.limit else "FAIL"


def write(path: Path, row: Row) -> None:
    with open(path, "a") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def read(path: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.read_text().splitlines()]


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """Return the slope of log(milliseconds) on log(size), by least squares.

    >>> round(exponent([(10, 1.0), (100, 10.0), (1000, 100.0)]), 3)
    1.0
    >>> round(exponent([(10, 5.0), (1000, 5.0)]), 3)
    0.0
    """
    logs = [(math.log(size), math.log(milliseconds)) for size, milliseconds in points]
    mean_x = sum(x for x, _y in logs) / len(logs)
    mean_y = sum(y for _x, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _y in logs)


def growth(rows: list[Row]) -> list[Row]:
    """Return how a page's search grows with the number of orders, for each shape of agent with a fixed share (G4)."""
    groups: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        if row.case == "B3" and row.goal:
            groups.setdefault((row.what, row.shape), {})[row.size] = row.ours_ms
    return [
        Row("B3", "S-L", f"growth of {what}", shape, max(sizes), slope, slope, 0, "exponent", 1.0, "G4", 0.2)
        for (what, shape), sizes in groups.items()
        if len(sizes) > 1
        for slope in [exponent(sizes.items())]
    ]


def machine(settings: list[tuple[str, str, str]]) -> str:
    """Return the machine's data: processors, load, PostgreSQL and its settings."""
    wanted = ("server_version", "shared_buffers", "work_mem", "random_page_cost", "jit", "fsync")
    values = {name: f"{value}{f' x {unit}' if unit else ''}" for name, value, unit in settings if name in wanted}
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} processors, load {load}; PostgreSQL {values}"


def table(rows: list[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| case | scale | what | agent | ours ms (p95) | queries | peer | peer ms | ratio | goal | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        goal = f"{row.goal} <= {row.limit:g}x" if row.goal else ""
        ratio = f"{row.ratio:.2f}" if row.peer else ""
        peer_ms = f"{row.peer_ms:.2f}" if row.peer else ""
        lines.append(
            f"| {row.case} | {row.scale} | {row.what} | {row.shape} | {row.ours_ms:.2f} ({row.ours_p95:.2f}) "
            f"| {row.queries} | {row.peer} | {peer_ms} | {ratio} | {goal} | {row.verdict} |"
        )
    return "\n".join(lines)
