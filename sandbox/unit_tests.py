"""The tests that need no Odoo: of the sandbox itself, and the doctests of the addons' `tools/`."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from .paths import HOME, ROOT, made

NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Result:
    passed: int
    failed: int


def run() -> Result:
    """Run them with pytest and count; a skipped one counts as failed."""
    report = made(HOME / "log") / "unit-tests.xml"
    report.unlink(missing_ok=True)
    targets = [
        ROOT / "sandbox",
        *sorted(path for path in ROOT.glob("*/tools") if (path.parent / "__manifest__.py").exists()),
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--doctest-modules", "-p", "sandbox.pure_tools"]
    command += [f"--junitxml={report}", *map(str, targets)]
    # Other plugins stay out: pytest-odoo would import Odoo.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    status = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno()).returncode
    return _count(report, status)


def _count(report: Path, status: int) -> Result:
    if not report.exists():
        return Result(0, 1)
    suite = ET.parse(report).getroot().find("testsuite")
    total, *bad = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    unexplained = int(bool(status) and status != NOTHING_COLLECTED and not sum(bad))
    return Result(max(0, total - sum(bad)), sum(bad) + unexplained)
