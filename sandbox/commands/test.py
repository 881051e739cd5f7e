"""Run all tests, tours included, on a fresh database. ARGS='/leads_agent:TestX' selects."""

import os

from .. import addons, databases, programs, testrun, unit_tests
from ..console import step
from ..lock import held
from ..paths import LOGS
from ..workbench import ready_odoo

DATABASE = "leads_test"
LOG = LOGS / "test.log"
LONGEST_SILENCE = 600


def run(arguments: list[str]) -> int:
    selection = ",".join(arguments) or os.environ.get("ARGS", "")
    programs.require_browser()
    unit = unit_tests.Result(0, 0)
    if not selection:
        with step("Unit tests of the sandbox and of the addons' tools"):
            unit = unit_tests.run()
    with ready_odoo() as odoo, held(f"database-{DATABASE}", waiting_for="another test run"):
        databases.copy_of_template(odoo, DATABASE)
        verdict = testrun.run_odoo(odoo, DATABASE, selection or addons.test_tags(), LOG, LONGEST_SILENCE)
    testrun.report(verdict, LOG)
    passed, failed = unit.passed + verdict.passed, unit.failed + verdict.failed
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
