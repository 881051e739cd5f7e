"""Run the long proofs whole, and print the figures that the docs quote. ARGS='/test_leads_agent:TestX' selects.

A proof is a test with the tag `leads_prove`. With LEADS_PROVE=1 in its environment it does all it can; without, as in
`test`, a slice. It reports by lines in the log: `PROVE <area> | <subject>: <figure> | <value>`.
"""

import os
from dataclasses import replace

from .. import call_load, databases, figures, killed_job, lifecycle, programs, testrun, two_workers
from ..lock import held
from ..paths import LOGS
from ..workbench import ready_odoo

DATABASE = "leads_prove"
LOG = LOGS / "prove.log"
TAG = "leads_prove"
LONGEST_SILENCE = 3600


def run(arguments: list[str]) -> int:
    selection = ",".join(arguments) or os.environ.get("ARGS", "") or TAG
    programs.require_browser()
    with ready_odoo() as odoo, held(f"database-{DATABASE}", waiting_for="another proof"):
        databases.copy_of_template(odoo, DATABASE)
        whole = replace(odoo, environment={**odoo.environment, "LEADS_PROVE": "1"})
        verdict = testrun.run_odoo(whole, DATABASE, selection, LOG, LONGEST_SILENCE)
        # What a selection leaves out, and what no test inside Odoo can try.
        lived = []
        if not arguments and not os.environ.get("ARGS"):
            lived = [
                figure for proof in (lifecycle, two_workers, killed_job, call_load) for figure in proof.prove(odoo)
            ]
    testrun.report(verdict, LOG)
    print(figures.rendered(lived))
    print(f"{verdict.passed} proofs passed, {verdict.failed} failed", flush=True)
    return 1 if verdict.failed else 0
