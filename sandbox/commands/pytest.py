"""Run the same tests with pytest on a kept database, for quick iterations. ARGS='-k name' is passed to pytest."""

import os
import shlex
import subprocess
import sys

from .. import addons, databases, programs
from ..odoo_process import free_port
from ..paths import ROOT
from ..workbench import ready_odoo

DATABASE = "leads_pytest"


def run(arguments: list[str]) -> int:
    chosen = arguments or shlex.split(os.environ.get("ARGS", ""))
    programs.require_browser()
    with ready_odoo() as odoo:
        databases.prepare(odoo, DATABASE, with_tests=True, afresh=bool(os.environ.get("FRESH")))
        conf = odoo.configuration(DATABASE, http_port=free_port())
        # Without --odoo-http, pytest would silently skip every browser test.
        command = [sys.executable, "-m", "pytest", "--odoo-http", *_with_paths(chosen)]
        return subprocess.run(command, cwd=ROOT, env={**odoo.environ(), "ODOO_RC": str(conf)}).returncode


def _with_paths(chosen: list[str]) -> list[str]:
    """Add the tests of all addons unless the arguments include paths."""
    if any((ROOT / argument.split("::")[0]).exists() for argument in chosen):
        return chosen
    folders = [addon.path / name for addon in addons.ours() if not addon.is_separate for name in ("tests", "proofs")]
    tests = [str(folder) for folder in folders if folder.is_dir()]
    return [*chosen, *tests]
