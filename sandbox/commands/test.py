"""Run all tests, tours included, on fresh databases. ARGS='/leads_agent:TestX' selects."""

import os

from .. import addons, databases, programs, testrun, unit_tests
from ..console import say
from ..lock import held
from ..logjudge import Verdict
from ..odoo_process import Odoo
from ..paths import LOGS
from ..workbench import ready_odoo

DATABASE = "leads_test"
# For the addons whose host changes a whole database.
APART = "leads_test_apart"
LONGEST_SILENCE = 600


def run(arguments: list[str]) -> int:
    programs.require_browser()
    if selection := ",".join(arguments) or os.environ.get("ARGS", ""):
        return _report(_tested_in_odoo(selection))
    say("==> Unit tests of the sandbox and of the addons' tools, beside what follows")
    with unit_tests.started() as unit:
        verdicts = _tested_in_odoo(addons.tags_of([*addons.for_tests(), *addons.for_tests_apart()]))
        return _report([unit.result(), *verdicts])


def _report(results: list[Verdict | unit_tests.Result]) -> int:
    failed = sum(result.failed for result in results)
    print(f"{sum(result.passed for result in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _tested_in_odoo(selection: str) -> list[Verdict]:
    together, apart = addons.shared_out(selection)
    verdicts = []
    with ready_odoo() as odoo:
        if together:
            verdicts.append(_tested(odoo, DATABASE, together, addons.for_tests()))
        if apart:
            verdicts.append(_tested(odoo, APART, apart, addons.for_tests_apart()))
    return verdicts


def _tested(odoo: Odoo, database: str, tags: str, names: list[str]) -> Verdict:
    log = LOGS / f"{database.removeprefix('leads_')}.log"
    with held(f"database-{database}", waiting_for="another test run"):
        databases.copy_of_template(odoo, database)
        verdict = testrun.run_odoo(odoo, database, tags, log, LONGEST_SILENCE, names)
    testrun.report(verdict, log)
    return verdict
