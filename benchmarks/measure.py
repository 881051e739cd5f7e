"""Measure candidates alternately, each call in a separate transaction that is rolled back."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from odoo import api
from odoo.tools import SQL

Work = Callable[[api.Environment], object]


@dataclass(frozen=True)
class Candidate:
    """A task as a user. ``prepare`` is not measured; its result is passed to ``work``."""

    uid: int
    work: Callable
    prepare: Work | None = None
    context: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Timing:
    """Milliseconds over the rounds, elapsed and of CPU time of this process, and the queries of the last round."""

    milliseconds: list[float]
    queries: int
    answer: object
    processor: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.95)]


def interleave(registry, candidates: dict[str, Candidate], rounds: int) -> dict[str, Timing]:
    """Measure all candidates ``rounds`` times, in rotating order, after a first round that is ignored.

    Pending computations, tracking and notifications are flushed within the measured time of each candidate.
    """
    names = list(candidates)
    times: dict[str, list[float]] = {name: [] for name in names}
    processor: dict[str, list[float]] = {name: [] for name in names}
    last: dict[str, tuple[int, object]] = {}
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            elapsed, spent, *last[name] = _run(registry, candidates[name])
            if turn:
                times[name].append(elapsed)
                processor[name].append(spent)
    return {name: Timing(times[name], *last[name], processor[name]) for name in names}


def once(registry, candidate: Candidate) -> Timing:
    """Measure a task that takes minutes a single time, cold or not."""
    elapsed, spent, queries, answer = _run(registry, candidate)
    return Timing([elapsed], queries, answer, [spent])


def _run(registry, candidate: Candidate) -> tuple[float, float, int, object]:
    with registry.cursor() as cr:
        env = api.Environment(cr, candidate.uid, {"lang": "en_US", "tz": "UTC", **candidate.context})
        prepared = [candidate.prepare(env)] if candidate.prepare else []
        env.flush_all()
        cr.precommit.run()
        env.invalidate_all()
        queries, start, begun = cr.sql_log_count, time.perf_counter(), time.process_time()
        answer = candidate.work(env, *prepared)
        env.flush_all()
        cr.precommit.run()
        spent, elapsed = (time.process_time() - begun) * 1000, (time.perf_counter() - start) * 1000
        queries = cr.sql_log_count - queries
        cr.rollback()
    return elapsed, spent, queries, answer


def explain(env: api.Environment, model: str, **search) -> str:
    """Return the query plan, with actual times, of a search as the user of ``env``."""
    search.setdefault("order", env[model]._order)
    query = env[model]._search([], **search).select()
    return "\n".join(row[0] for row in env.execute_query(SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) %s", query)))
