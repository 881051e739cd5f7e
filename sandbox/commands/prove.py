"""Run the long proofs in full, and print the figures quoted in the docs. PART=races runs a part, ARGS= a selection.

A proof is a test with the tag `leads_prove`. With LEADS_PROVE=1 in the environment it runs in full; otherwise, as in
`test`, it runs a slice. It logs its figures as lines: `PROVE <area> | <subject>: <figure> | <value>`. The parts are in
`proof_parts.py`; proofs that cannot be tests inside Odoo are modules in `proofs/around/`.
"""

import os
from dataclasses import replace

from .. import databases, figures, programs, proof_parts, system, testrun
from ..console import Trouble, say
from ..lock import held
from ..logjudge import Verdict
from ..odoo_process import Odoo
from ..paths import LOGS, ROOT, made
from ..workbench import ready_odoo

DATABASE = "leads_prove"
LONGEST_SILENCE = 3600


def run(arguments: list[str]) -> int:
    selection = ",".join(arguments) or os.environ.get("ARGS", "")
    name = os.environ.get("PART", "")
    if selection and name:
        raise Trouble("PART= and ARGS= are two ways to choose what is proven: give one of them")
    parts = [] if selection else proof_parts.chosen(name)
    if not name and not selection:
        selection = proof_parts.TAG
    tests = selection or ",".join(part.selection for part in parts if part.tests)
    subject = f"Proofs of {name or 'all parts' if parts else selection}, commit {_commit()}"
    say(subject)
    failed = 0
    with ready_odoo() as odoo, held(f"database-{DATABASE}", waiting_for="another proof"):
        if tests:
            verdict = _tested(odoo, tests, f"prove_{name}" if name else "prove", subject)
            failed = verdict.failed
        # What a selection leaves out, and what no test inside Odoo can try.
        lived = _around(parts, odoo, name, subject)
    report = f"{subject}\n{figures.rendered(lived)}"
    print(report)
    if not tests:
        (made(LOGS) / f"prove_{name}.log").write_text(f"{report}\n")
    else:
        print(f"{verdict.passed} proofs passed, {verdict.failed} failed", flush=True)
    return 1 if failed else 0


def _around(parts: list[proof_parts.Part], odoo: Odoo, name: str, subject: str) -> list[figures.Figure]:
    """Run the proofs around Odoo. Return their figures; what went wrong is in the log too."""
    try:
        return [figure for prove in proof_parts.around(parts) for figure in prove(odoo)]
    except Trouble as trouble:
        (made(LOGS) / f"prove_{name or 'around'}.log").write_text(f"{subject}\n{trouble}\n")
        raise


def _tested(odoo: Odoo, tests: str, log_name: str, subject: str) -> Verdict:
    programs.require_browser()
    log = LOGS / f"{log_name}.log"
    databases.copy_of_template(odoo, DATABASE)
    whole = replace(odoo, environment={**odoo.environment, "LEADS_PROVE": "1"})
    verdict = testrun.run_odoo(whole, DATABASE, tests, log, LONGEST_SILENCE)
    # The first line of the log names the commit and the part.
    log.write_text(f"{subject}\n{log.read_text()}")
    testrun.report(verdict, log)
    return verdict


def _commit() -> str:
    """Return the commit that is proven, and whether files differ from it."""
    commit = system.output(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"])
    if not commit:
        return "unknown"
    return f"{commit} with changes" if system.output(["git", "-C", ROOT, "status", "--porcelain"]) else commit
