"""What agents see with all community apps installed: only run by `make prove`, on a separate database.

The apps are installed once, without demo data, and kept; each proof runs on a copy. It is `PART=apps` of `make prove`.
"""

import ast
import hashlib
import importlib.util
import os
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox import addons, databases, postgres, testrun
from sandbox.console import Trouble, say, step
from sandbox.figures import Figure
from sandbox.lock import held
from sandbox.odoo_process import Odoo
from sandbox.odoo_source import OdooSource
from sandbox.paths import LOGS, made

DATABASE = "leads_apps"
TEMPLATE_PREFIX = "sandbox_apps_"
LOG = LOGS / "apps.log"
TAG = "leads_apps"
LONGEST_SILENCE = 3600
# Odoo's test modules, localisations, and hardware drivers.
LEFT_OUT = ("test_", "l10n_", "hw_")
# Libraries whose module has another name.
_MODULES = {"python-ldap": "ldap", "google-auth": "google.auth"}


@dataclass(frozen=True)
class Apps:
    """The modules to install, and why others are left out."""

    chosen: list[str]
    left_out: dict[str, str]


def of_odoo(source: OdooSource) -> Apps:
    """Return the apps of an Odoo that can be installed here."""
    return installable(
        {name: manifest for name, manifest in manifests_of(source).items() if not name.startswith(LEFT_OUT)}
    )


def manifests_of(source: OdooSource) -> dict[str, dict]:
    """Return the manifests of an Odoo by the name of the addon."""
    manifests = {}
    for folder in source.addons:
        for path in sorted(Path(folder).glob("*/__manifest__.py")):
            manifests.setdefault(path.parent.name, ast.literal_eval(path.read_text()))
    return manifests


def installable(manifests: dict[str, dict]) -> Apps:
    """Return which modules can be installed, with the reason for each that cannot.

    >>> installable({"a": {}, "b": {"installable": False}, "c": {"depends": ["a", "b"]}, "d": {"depends": ["c"]}})
    Apps(chosen=['a'], left_out={'b': 'not installable', 'c': 'needs b', 'd': 'needs c'})
    """
    left_out = {}
    for name, manifest in manifests.items():
        missing = [library for library in _libraries(manifest) if not _is_there(library)]
        if not manifest.get("installable", True):
            left_out[name] = "not installable"
        elif missing:
            left_out[name] = f"needs the Python library {', '.join(missing)}"
    while lacking := _lacking(manifests, left_out):
        left_out |= lacking
    return Apps(sorted(manifests.keys() - left_out.keys()), left_out)


def _lacking(manifests: dict[str, dict], left_out: dict[str, str]) -> dict[str, str]:
    there = manifests.keys() - left_out.keys() | {"base"}
    return {
        name: f"needs {', '.join(sorted(gone))}"
        for name in sorted(there & manifests.keys())
        if (gone := set(manifests[name].get("depends", [])) - there)
    }


def _libraries(manifest: dict) -> list[str]:
    return manifest.get("external_dependencies", {}).get("python", [])


def _is_there(library: str) -> bool:
    try:
        return importlib.util.find_spec(_MODULES.get(library, library)) is not None
    except ModuleNotFoundError:
        return False


def prove(odoo: Odoo) -> list[Figure]:
    """Run the proofs on a copy of the database with all apps and our addons. Return their figures.

    :raises Trouble: when one fails
    """
    apps = of_odoo(odoo.source)
    for name, reason in sorted(apps.left_out.items()):
        say(f"    left out: {name} ({reason})")
    with held(f"database-{DATABASE}", waiting_for="another proof"):
        databases.copy(odoo, _template(odoo, apps), DATABASE)
        whole = replace(odoo, environment={**odoo.environment, "LEADS_PROVE": "1"})
        names = [addon.name for addon in addons.ours()]
        verdict = testrun.run_odoo(whole, DATABASE, os.environ.get("APPS") or TAG, LOG, LONGEST_SILENCE, names)
    testrun.report(verdict, LOG)
    if verdict.failed:
        raise Trouble(f"{verdict.failed} proofs with all apps failed. Log: {LOG}")
    return [Figure("all apps", "", "apps of Odoo installed", str(len(apps.chosen))), *verdict.figures]


def _template(odoo: Odoo, apps: Apps) -> str:
    """Return the name of a database with the apps, created if missing."""
    key = f"{odoo.source.label} {apps.chosen}"
    name = TEMPLATE_PREFIX + hashlib.sha256(key.encode()).hexdigest()[:10]
    with held(name, waiting_for="another command that makes the same database"):
        if not (postgres.read_note(odoo.postgres, name) or {}).get("ready"):
            with step(f"Installing {len(apps.chosen)} apps of Odoo without demo data (once; kept)"):
                databases.drop(odoo, name)
                postgres.create(odoo.postgres, name)
                _install(odoo, name, apps.chosen)
                postgres.write_note(odoo.postgres, name, ready=True)
    return name


def _install(odoo: Odoo, name: str, modules: list[str]) -> None:
    log = made(LOGS) / f"{name}.log"
    conf = odoo.configuration(name, http_enable=False, with_demo=False)
    command = ["-c", conf, "-i", ",".join(modules), "--stop-after-init"]
    with open(log, "w") as file, odoo.process(command, stdout=file, stderr=subprocess.STDOUT) as running:
        status = running.wait()
    query = "SELECT count(*) FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)"
    [(installed,)] = odoo.postgres.rows(query, (modules,), database=name)
    if status or installed < len(modules):
        raise Trouble(f"{installed} of {len(modules)} apps were installed (exit status {status}). Log: {log}")
