"""Run all tests, tours included, on a fresh database. ARGS='/leads_agent:TestX' selects."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .. import addons, databases, programs, unit_tests
from ..console import say, step, table, timings
from ..lock import held
from ..logjudge import Judge, Record, Verdict, parse
from ..odoo_process import Odoo, free_port
from ..paths import LOGS, made
from ..workbench import ready_odoo

DATABASE = "leads_test"
LOG = LOGS / "test.log"
LONGEST_SILENCE = 600
SLOWEST = 10


def run(arguments: list[str]) -> int:
    selection = ",".join(arguments) or os.environ.get("ARGS", "")
    programs.require_browser()
    unit = unit_tests.Result(0, 0)
    if not selection:
        with step("Unit tests of the sandbox and of the addons' tools"):
            unit = unit_tests.run()
    with ready_odoo() as odoo, held(f"database-{DATABASE}", waiting_for="another test run"):
        databases.copy_of_template(odoo, DATABASE)
        verdict = _run_odoo(odoo, selection or addons.test_tags())
    _report(verdict)
    passed, failed = unit.passed + verdict.passed, unit.failed + verdict.failed
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _run_odoo(odoo: Odoo, tags: str) -> Verdict:
    conf = odoo.configuration(DATABASE, http_port=free_port())
    modules = ",".join(addons.for_tests())
    command = ["-c", conf, "-i", modules, "--test-tags", tags, "--stop-after-init"]
    judge = Judge()
    with (
        step(f"Installing {modules} and running {tags}"),
        open(made(LOG.parent) / LOG.name, "w") as log,
        odoo.process(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as running,
    ):
        for record in parse(_copied(running, log)):
            judge.hear(record)
            _show(record)
        return judge.verdict(running.wait())


def _copied(running: subprocess.Popen, log: IO[str]) -> Iterator[str]:
    """Yield the lines of Odoo's log and keep them; a test that hangs is ended."""
    heard = [time.monotonic()]
    threading.Thread(target=_end_when_silent, args=(running, heard), daemon=True).start()
    for line in running.stdout:
        heard[0] = time.monotonic()
        log.write(line)
        log.flush()
        yield line


def _end_when_silent(running: subprocess.Popen, heard: list[float]) -> None:
    while running.poll() is None:
        if time.monotonic() - heard[0] > LONGEST_SILENCE:
            say(f"  ! Odoo said nothing for {LONGEST_SILENCE} s and is ended; its log tells where it hangs")
            running.kill()
        time.sleep(1)


def _show(record: Record) -> None:
    if record.test:
        say(f"    {record.at:%H:%M:%S} {record.test}")
    elif record.is_failure or record.is_complaint or record.is_skip:
        say(f"  ! {record}")


def _report(verdict: Verdict) -> None:
    say("\nSlowest tests")
    say(table([(f"{seconds:.1f} s", name) for name, seconds in verdict.slowest(SLOWEST)] or [("none", "")]))
    say("Steps")
    say(table([(f"{seconds:.1f} s", title) for title, seconds in timings()]))
    for title, records in (("Skipped, which counts as failed", verdict.skips), ("In the log", verdict.complaints)):
        if records:
            say(f"{title}: {len(records)}")
            say("\n".join(f"  {str(record).splitlines()[0][:300]}" for record in records))
    for problem in verdict.problems:
        say(f"Problem: {problem}")
    say(f"Log: {Path(os.path.relpath(LOG))}\n")
