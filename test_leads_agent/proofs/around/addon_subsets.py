"""Whichever addons of the suite are installed, and in whichever order, none leaves anything behind.

Each alone with its dependencies, with and without what adds itself; all; all but one; subsets by chance; one after
another. It is `PART=addons` of `make prove`. The settings: LEADS_SEED= repeats the subsets by chance, WORKERS= is how
many databases are at work at once (2), CASES= selects cases by texts that their names hold, and keeps the templates.

Odoo's own addons leave things behind too when they go. So they stay: they are installed before ours, in a template,
and what is there after ours are gone is compared with that same database as it was. In the cases "with Odoo's own" they
come and go along with ours, and a control where they come and go alone says what of the remains is theirs.
"""

import hashlib
import json
import os
import random
import re
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import psycopg2

from sandbox import addons, databases, postgres, system
from sandbox.console import Trouble, say, table
from sandbox.figures import Figure
from sandbox.lock import held
from sandbox.odoo_process import Odoo
from sandbox.paths import LOGS, ROOT, made

from .addon_sets import Case, Manifests, cases
from .all_apps import manifests_of

DATABASE = "leads_addons"
NO_DEMO = ["--skip-auto-install", "--without-demo", "True"]
# What Odoo does whenever addons come and go, whoever's they are: (pattern, reason).
OF_ODOO = [
    (
        r"^row of ir_model_constraint left: \w+_fkey\w*$",
        "Odoo notes a foreign key without an XML ID, so it does not find the note again when the addon goes. It stays"
        " where the model does: `sale_management` leaves sale_order_sale_order_template_id_fkey the same way. The key"
        " itself goes with its column.",
    ),
    (
        r"^constraint changed: rule_group_rel\.rule_group_rel_group_id_fkey$",
        "Two fields of Odoo share the table: `ir.rule.groups` restricts, `res.groups.rule_groups` cascades. The key is"
        " made anew as the one says whose model was opened last; `website` does so too.",
    ),
    (
        r"^row of ir_actions_todo changed: ",
        "After any installation Odoo opens the next step that some addon left to do, such as the Website Configurator,"
        " and marks it done.",
    ),
]


@dataclass(frozen=True)
class Outcome:
    """What became of a case. ``installed``: how many of ours at most."""

    case: Case
    installed: int
    findings: tuple[str, ...]
    seconds: float


def prove(odoo: Odoo) -> list[Figure]:
    """Run all cases. Return figures of them.

    :raises Trouble: when one leaves something behind, or fails
    """
    seed = int(os.environ.get("LEADS_SEED") or random.randrange(10_000))
    wanted, workers = os.environ.get("CASES", "").split(","), int(os.environ.get("WORKERS") or 2)
    suite = {addon.name: addon.manifest for addon in addons.ours() if not addon.is_test}
    known = Manifests(manifests_of(odoo.source) | suite, suite)
    chosen = [case for case in cases(known, seed) if any(text in name for text in wanted for name in case.says)]
    say(f"    {len(chosen)} cases, subsets of LEADS_SEED={seed}, {workers} at once")
    start = time.monotonic()
    with held(f"database-{DATABASE}", waiting_for="another proof of addons"):
        outcomes = _Rounds(odoo, known, workers, keep=wanted != [""]).run(chosen)
    minutes = (time.monotonic() - start) / 60
    report = _told(outcomes)
    say(report)
    if bad := [outcome for outcome in outcomes if outcome.findings]:
        raise Trouble(f"LEADS_SEED={seed}\n{report}\n{len(bad)} of {len(outcomes)} cases leave something behind.")
    figures = {
        "seed": seed,
        "addons": len(known.ours),
        "cases": len(outcomes),
        "cases merged into them": sum(len(outcome.case.says) for outcome in outcomes) - len(outcomes),
        "minutes": f"{minutes:.0f}",
    }
    return [Figure("addons", "", name, str(value)) for name, value in figures.items()] + [
        Figure("addons", outcome.case.says[0], name, value)
        for outcome in outcomes
        for name, value in zip(HEAD[1:], _row(outcome)[1:], strict=True)
    ]


class _Rounds:
    """Databases with Odoo's addons, made once each, and the cases that run on copies of them."""

    def __init__(self, odoo: Odoo, known: Manifests, workers: int, *, keep: bool):
        self._odoo, self._known, self._workers, self._keep = odoo, known, workers, keep
        self._templates: dict[frozenset[str], Future] = {}

    def run(self, chosen: list[Case]) -> list[Outcome]:
        """Run the cases, those with the fewest addons of Odoo first."""
        hosts = sorted({case.hosts for case in chosen}, key=lambda some: (len(some), sorted(some)))
        running: list[Future] = []
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                # What a template is made from is begun before it; and while one is made, the cases of the last run.
                for last, some in pairwise([frozenset(), *hosts, frozenset()]):
                    if some:
                        self._templates[some] = pool.submit(self._template, some)
                    running += [pool.submit(self._outcome, case) for case in chosen if case.hosts == last]
                return [future.result() for future in running]
            finally:
                pool.shutdown(cancel_futures=True)
                for some in () if self._keep else hosts:
                    databases.drop(self._odoo, self._name(some))

    def _name(self, hosts: frozenset[str]) -> str:
        made_of = " ".join((self._odoo.source.label, *self._known.ours, *sorted(hosts)))
        return f"sandbox_addons_{hashlib.sha256(made_of.encode()).hexdigest()[:10]}"

    def _template(self, hosts: frozenset[str]) -> str:
        name = self._name(hosts)
        if (postgres.read_note(self._odoo.postgres, name) or {}).get("ready"):
            return name
        below = max((some for some in self._templates if some < hosts), key=len, default=None)
        if below is None:
            databases.drop(self._odoo, name)
            postgres.create(self._odoo.postgres, name)
        else:
            databases.copy(self._odoo, self._templates[below].result(), name)
        databases.install(self._odoo, name, ["-i", ",".join(sorted(hosts - (below or set()))), *NO_DEMO])
        postgres.write_note(self._odoo.postgres, name, ready=True)
        return name

    def _outcome(self, case: Case) -> Outcome:
        words = case.says[0].lower().replace("leads_agent_", "").replace("leads_agent", "base")
        name = f"{DATABASE}_{re.sub(r'[^a-z0-9]+', '_', words)}"
        start = time.monotonic()
        try:
            told = self._stages(name, case, case.stages, auto=case.auto)
            findings = self._findings(case, told)
            if case.control:
                (alone,) = self._stages(f"{name}_control", case, (case.control,), auto=False)
                findings = [finding for finding in findings if finding not in alone["differs"]]
        except (Trouble, psycopg2.Error, OSError) as trouble:
            told, findings = [], [str(trouble)]
        ours = sum(len(set(stage["came"]) & set(self._known.ours)) for stage in told)
        outcome = Outcome(case, ours, tuple(findings), time.monotonic() - start)
        say("\n      ! ".join([f"    {outcome.seconds:5.0f} s  {case.says[0]}", *findings]))
        return outcome

    def _findings(self, case: Case, told: list[dict]) -> list[str]:
        found, there = [], case.hosts
        for stage, after in zip(case.stages, reversed(told), strict=True):
            foreseen = self._known.closure({*there, *stage}, auto=case.auto) - there
            if wrong := foreseen ^ set(after["came"]):
                found.append(f"installed other than foreseen: {', '.join(sorted(wrong))}")
            there |= foreseen
        of_odoo = re.compile("|".join(f"(?:{pattern})" for pattern, _reason in OF_ODOO) or "(?!)")
        return found + [line for stage in told for line in stage["differs"] if not of_odoo.search(line)]

    def _stages(self, name: str, case: Case, stages: Iterable[Iterable[str]], *, auto: bool) -> list[dict]:
        """Install and uninstall on a copy. Return what ``addon_traces.run`` tells."""
        odoo, report, log = self._odoo, made(LOGS) / f"{name}.json", made(LOGS) / f"{name}.log"
        databases.copy(odoo, self._templates[case.hosts].result(), name)
        options = {"http_enable": False, "with_demo": False, "max_cron_threads": 0, "skip_auto_install": not auto}
        conf = odoo.configuration(name, **options)
        script = "from test_leads_agent.proofs.around import addon_traces\n"
        script += f"addon_traces.run(env, {[list(stage) for stage in stages]!r}, {str(report)!r})\n"
        report.unlink(missing_ok=True)
        with open(log, "w") as file:
            command = odoo.command("shell", "-c", conf)
            pipes = {"stdout": file, "stderr": subprocess.STDOUT, "text": True, "cwd": ROOT}
            subprocess.run(command, input=script, env=odoo.environ(), preexec_fn=system.end_with_parent, **pipes)
        complaints = [line for line in log.read_text().splitlines() if re.search(r" (ERROR|CRITICAL) ", line)]
        if complaints or not report.exists():
            raise Trouble(f"Odoo failed. Log: {log} {' '.join(complaints[:1])}")
        databases.drop(odoo, name)
        return json.loads(report.read_text())


HEAD = ("case", "ours", "of Odoo", "stages", "seconds", "left behind")


def _row(outcome: Outcome) -> tuple[str, ...]:
    case = outcome.case
    numbers = (outcome.installed, len(case.hosts), len(case.stages), round(outcome.seconds), len(outcome.findings))
    return (case.says[0], *map(str, numbers))


def _told(outcomes: list[Outcome]) -> str:
    """Return the table of all cases, and the findings with the cases that have them."""
    where: dict[str, list[str]] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            where.setdefault(finding, []).append(outcome.case.says[0])
    lines = [f"  {finding}  [{len(names)}: {', '.join(names[:3])}]" for finding, names in sorted(where.items())]
    return "\n".join([table([HEAD, *map(_row, outcomes)]), *(["Findings", *lines] if lines else [])])
