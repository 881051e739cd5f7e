"""Run tests of Odoo in a separate database, print their progress, and report the result."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from . import addons, figures
from .console import say, step, table, timings
from .logjudge import Judge, Record, Verdict, parse
from .odoo_process import Odoo, free_port
from .paths import made

SLOWEST = 10


def run_odoo(
    odoo: Odoo, database: str, tags: str, log_path: Path, longest_silence: int, names: list[str] | None = None
) -> Verdict:
    """Install addons in a database, by default all that are not tested separately, and run the tests of the tags."""
    conf = odoo.configuration(database, http_port=free_port())
    modules = ",".join(names or addons.for_tests())
    command = ["-c", conf, "-i", modules, "--test-tags", tags, "--stop-after-init"]
    judge = Judge()
    with (
        step(f"Installing {modules} and running {tags}"),
        open(made(log_path.parent) / log_path.name, "w") as log,
        odoo.process(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as running,
    ):
        for record in parse(_copied(running, log, longest_silence)):
            # Tests freeze the clock of Odoo, so their duration is measured here.
            record.at = datetime.now()
            judge.hear(record)
            _show(record)
        return judge.verdict(running.wait())


def _copied(running: subprocess.Popen, log: IO[str], longest_silence: int) -> Iterator[str]:
    """Yield and store the lines of Odoo's log; a test that hangs is stopped."""
    heard = [time.monotonic()]
    threading.Thread(target=_end_when_silent, args=(running, heard, longest_silence), daemon=True).start()
    for line in running.stdout:
        heard[0] = time.monotonic()
        log.write(line)
        log.flush()
        yield line


def _end_when_silent(running: subprocess.Popen, heard: list[float], longest_silence: int) -> None:
    while running.poll() is None:
        if time.monotonic() - heard[0] > longest_silence:
            say(f"  ! Odoo said nothing for {longest_silence} s and is ended; its log tells where it hangs")
            running.kill()
        time.sleep(1)


def _show(record: Record) -> None:
    if record.test:
        say(f"    {record.at:%H:%M:%S} {record.test}")
    elif record.is_failure or record.is_complaint or record.is_skip:
        say(f"  ! {record}")


def report(verdict: Verdict, log_path: Path) -> None:
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
    if verdict.figures:
        say(figures.rendered(verdict.figures))
    say(f"Log: {Path(os.path.relpath(log_path))}\n")
