"""The tests that do not need Odoo: of the sandbox itself, and the doctests of the addons' `tools/` and of proofs."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .console import say
from .paths import HOME, ROOT, made

NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Result:
    passed: int
    failed: int


class Running:
    """Unit tests in progress, parallel to other work."""

    def __init__(self, process: subprocess.Popen, report: Path):
        self._process, self._report = process, report

    def result(self) -> Result:
        """Wait for the end, print pytest's output, and return the result; a skipped test counts as failed."""
        said, _nothing = self._process.communicate()
        say(said)
        return _count(self._report, self._process.returncode)


@contextmanager
def started() -> Iterator[Running]:
    """Run the tests with pytest in another process, which ends with the block."""
    report = made(HOME / "log") / "unit-tests.xml"
    report.unlink(missing_ok=True)
    targets = [
        ROOT / "sandbox",
        ROOT / "test_leads_agent" / "proofs" / "around",
        *sorted(path for path in ROOT.glob("*/tools") if (path.parent / "__manifest__.py").exists()),
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--doctest-modules", "-p", "sandbox.pure_tools"]
    command += [f"--junitxml={report}", *map(str, targets)]
    # Other plugins are disabled: pytest-odoo would import Odoo.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=env, **pipes) as process:
        try:
            yield Running(process, report)
        finally:
            process.kill()


def _count(report: Path, status: int) -> Result:
    if not report.exists():
        return Result(0, 1)
    suite = ET.parse(report).getroot().find("testsuite")
    total, *bad = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    unexplained = int(bool(status) and status != NOTHING_COLLECTED and not sum(bad))
    return Result(max(0, total - sum(bad)), sum(bad) + unexplained)
