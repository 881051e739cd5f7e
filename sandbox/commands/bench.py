"""Measure the addons against Odoo's own ways. SCALE=S (default), M or L; ARGS='visibility http' selects cases.

The smaller scales are measured too, to compute the growth. FRESH=1 creates new databases. Prints a table, and stores
the rows in `.sandbox/bench/results.jsonl`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import cases, report

from .. import databases, postgres
from ..console import Trouble, say, step
from ..odoo_process import Odoo, free_port
from ..paths import HOME, ROOT, made
from ..workbench import ready_odoo

SCALES = ["S", "M", "L"]
LIFECYCLE = "leads_agent_lifecycle"


def run(arguments: list[str]) -> int:
    largest = os.environ.get("SCALE") or "S"
    if largest not in SCALES:
        raise Trouble(f"SCALE is one of {', '.join(SCALES)}, not {largest}.")
    chosen = arguments or os.environ.get("ARGS", "").split()
    known = (*cases.IN_ORDER, *cases.WITH_LIFECYCLE)
    if unknown := set(chosen) - set(known):
        raise Trouble(f"No such case: {', '.join(sorted(unknown))}. There are {', '.join(known)}.")
    results = made(HOME / "bench") / "results.jsonl"
    results.unlink(missing_ok=True)
    with ready_odoo() as odoo:
        for scale in SCALES[: SCALES.index(largest) + 1]:
            _measure(odoo, scale, results, chosen)
        print(report.machine(odoo.postgres.rows("SELECT name, setting, unit FROM pg_settings")))
    rows = report.read(results)
    rows += report.growth(rows)
    print(report.table(rows))
    missed = [row for row in rows if row.verdict == "FAIL"]
    for row in missed:
        say(f"\nMissed: {row.case} {row.scale} {row.what}, {row.shape}\n{row.note}")
    print(f"\n{len(rows)} rows, {sum(row.verdict == 'PASS' for row in rows)} goals met, {len(missed)} missed")
    return 0


def _measure(odoo: Odoo, scale: str, results: Path, chosen: list[str]) -> None:
    name = f"leads_bench_{scale.lower()}"
    lock = databases.prepare(odoo, name, afresh=bool(os.environ.get("FRESH")), without=LIFECYCLE)
    try:
        conf = _configuration(odoo, name)
        command = [sys.executable, "-m", "benchmarks", str(conf), name, scale, str(results)]
        if not (postgres.read_note(odoo.postgres, name) or {}).get("filled"):
            with step(f"Filling {name} (once)"):
                _call(odoo, [*command, "fill"])
            postgres.write_note(odoo.postgres, name, filled=True)
        with step(f"Measuring scale {scale}"):
            # A process for each case: memory used by one would count as idle memory of the next.
            for case in cases.IN_ORDER:
                if not chosen or case in chosen:
                    _call(odoo, [*command, case])
            if chosen_here := [case for case in cases.WITH_LIFECYCLE if not chosen or case in chosen]:
                _measure_lifecycle(odoo, name, scale, results, chosen_here)
    finally:
        lock.release()


def _measure_lifecycle(odoo: Odoo, name: str, scale: str, results: Path, chosen: list[str]) -> None:
    """Measure on a copy of the database: the other cases are measured without this addon."""
    nobody = "leads_bench_nobody"
    databases.prepare(odoo, nobody, without=LIFECYCLE).release()
    empty = _install(odoo, f"{nobody}_lifecycle", nobody)
    copy = f"{name}_lifecycle"
    try:
        seconds = _install(odoo, copy, name)
        what = "installing, every customer a lead"
        row = report.Row("B12", scale, what, "", 0, seconds, seconds, 0, "installing without customers", empty)
        report.write(results, row)
        conf = _configuration(odoo, copy)
        for case in chosen:
            _call(odoo, [sys.executable, "-m", "benchmarks", str(conf), copy, scale, str(results), case])
    finally:
        for database in (copy, f"{nobody}_lifecycle"):
            databases.drop(odoo, database)


def _configuration(odoo: Odoo, name: str) -> Path:
    """Return the configuration of a database for processes and servers of the benchmark."""
    # Workers are stopped when they have used their time; without a limit they would have none.
    server = {"workers": 2, "limit_time_real": 1200, "limit_time_cpu": 1200}
    server |= {"http_port": free_port(), "gevent_port": free_port()}
    return odoo.configuration(f"{name}-bench", db_name=name, dbfilter=f"^{name}$", **server)


def _install(odoo: Odoo, copy: str, template: str) -> float:
    """Install the life cycle on a copy of a database; return the duration in milliseconds."""
    postgres.drop(odoo.postgres, copy)
    postgres.create(odoo.postgres, copy, template=template)
    postgres.write_note(odoo.postgres, copy, ready=True)
    begun = time.monotonic()
    databases.install(odoo, copy, ["-i", LIFECYCLE, "--without-demo=all"])
    return (time.monotonic() - begun) * 1000


def _call(odoo: Odoo, command: list[str]) -> None:
    status = subprocess.run(command, cwd=ROOT, env=odoo.environ(), stdin=subprocess.DEVNULL).returncode
    if status:
        raise Trouble(f"Measuring ended with exit status {status}.")
