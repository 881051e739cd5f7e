"""Run some of the tests in a parallel process: a run uses one processor, and there are two."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import console, system
from .paths import LOGS, ROOT, made
from .unit_tests import Result

_COUNTED = re.compile(r"(\d+) passed, (\d+) failed\s*$")


class Running:
    """A test run in progress."""

    def __init__(self, process: subprocess.Popen, said: Path):
        self._process, self._said = process, said

    def result(self) -> Result:
        """Wait for the end, print the output, and return the result."""
        printed, _nothing = self._process.communicate()
        console.say(self._said.read_text())
        return _count(printed, self._process.returncode)


@contextmanager
def started(selection: str) -> Iterator[Running]:
    """Run a selection by the same command in another process, which ends with the block."""
    said = made(LOGS) / "beside.log"
    command = [sys.executable, "-m", "sandbox", "test", selection]
    env = {key: value for key, value in os.environ.items() if key != console.STEPS}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with (
        open(said, "w") as file,
        subprocess.Popen(
            command, cwd=ROOT, env=env, stderr=file, preexec_fn=system.end_with_parent, **pipes
        ) as process,
    ):
        try:
            yield Running(process, said)
        finally:
            # Terminated, not killed, so that it can stop its Odoo.
            process.terminate()


def _count(printed: str, status: int) -> Result:
    """Return the last result that the run printed; a run without a result, or with a bad exit status, has failed.

    >>> _count("12 passed, 1 failed\\n", 1)
    Result(passed=12, failed=1)
    >>> _count("12 passed, 0 failed\\n", 130), _count("", 0)
    (Result(passed=12, failed=1), Result(passed=0, failed=1))
    """
    counted = _COUNTED.search(printed)
    passed, failed = map(int, counted.groups()) if counted else (0, 0)
    return Result(passed, max(failed, int(bool(status) or not counted)))
