"""Run all tests, tours included, on fresh databases. ARGS='/leads_agent:TestX' selects."""

import os

from .. import addons, beside, databases, programs, testrun, unit_tests
from ..console import say
from ..lock import held
from ..logjudge import Verdict
from ..odoo_process import Odoo
from ..paths import LOGS
from ..workbench import ready_odoo

DATABASE = "leads_test"
# For the tests of all addons together, which take a third of the time and run in parallel to the others.
PROOFS = "leads_test_proofs"
# For the addons whose host app changes a whole database.
APART = "leads_test_apart"
LONGEST_SILENCE = 600


def run(arguments: list[str]) -> int:
    programs.require_browser()
    if selection := ",".join(arguments) or os.environ.get("ARGS", ""):
        with ready_odoo() as odoo:
            return _report(_tested_in_odoo(odoo, selection))
    say("==> Unit tests of the sandbox and of the addons' tools, beside what follows")
    with unit_tests.started() as unit, ready_odoo() as odoo:
        together, *others = addons.shared_out(addons.tags_of([addon.name for addon in addons.ours()]))
        # Both runs need it; otherwise one would wait for the other.
        databases.template(odoo)
        say(f"==> {','.join(others)} in a run of their own, beside what follows")
        with beside.started(",".join(others)) as running:
            verdicts = _tested_in_odoo(odoo, together)
            return _report([unit.result(), *verdicts, running.result()])


def _report(results: list[Verdict | unit_tests.Result]) -> int:
    failed = sum(result.failed for result in results)
    print(f"{sum(result.passed for result in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _tested_in_odoo(odoo: Odoo, selection: str) -> list[Verdict]:
    together, proofs, apart = addons.shared_out(selection)
    everything = addons.for_tests()
    parts = ((DATABASE, together, everything), (PROOFS, proofs, everything), (APART, apart, addons.for_tests_apart()))
    return [_tested(odoo, database, tags, names) for database, tags, names in parts if tags]


def _tested(odoo: Odoo, database: str, tags: str, names: list[str]) -> Verdict:
    log = LOGS / f"{database.removeprefix('leads_')}.log"
    with held(f"database-{database}", waiting_for="another test run"):
        databases.copy_of_template(odoo, database)
        verdict = testrun.run_odoo(odoo, database, tags, log, LONGEST_SILENCE, names)
    testrun.report(verdict, log)
    return verdict
