"""A database with all community apps of the Odoo at hand, and the proofs on it: the sweep, the forms, the visibility test.

It is too long for `make test`, so it is a part of `make prove` alone.
"""

import ast
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from . import addons, databases, postgres
from .console import say, step
from .odoo_process import Odoo

DATABASE = "leads_apps"
# Left out by name: tests of Odoo, one country's accounting, and drivers of devices. None of them shows a customer
# elsewhere than the apps they build on do.
LEFT_OUT = ("test_", "l10n_", "hw_")


@dataclass(frozen=True)
class Apps:
    """The modules to install, and which were left out for which reason."""

    chosen: list[str]
    left_out: dict[str, str]


def of_odoo(source) -> Apps:
    """Return the apps of an Odoo."""
    manifests = {}
    for folder in source.addons:
        for path in sorted(Path(folder).glob("*/__manifest__.py")):
            manifests.setdefault(path.parent.name, ast.literal_eval(path.read_text()))
    left_out = {}
    for name, manifest in manifests.items():
        if name.startswith(LEFT_OUT):
            continue
        if not manifest.get("installable", True):
            left_out[name] = "not installable"
        elif missing := [library for library in _libraries(manifest) if not _is_there(library)]:
            left_out[name] = f"needs the Python library {', '.join(missing)}"
    chosen = {name for name in manifests if not name.startswith(LEFT_OUT)} - left_out.keys()
    while lacking := {name: gone for name in chosen if (gone := set(manifests[name].get("depends", [])) - chosen - {"base"})}:
        left_out |= {name: f"needs {', '.join(sorted(gone))}" for name, gone in lacking.items()}
        chosen -= lacking.keys()
    return Apps(sorted(chosen), left_out)


def _libraries(manifest):
    return manifest.get("external_dependencies", {}).get("python", [])


_MODULES = {"python-ldap": "ldap", "google-auth": "google.auth"}


def _is_there(library):
    try:
        return importlib.util.find_spec(_MODULES.get(library, library)) is not None
    except ModuleNotFoundError:
        return False


def prove(odoo: Odoo):
    apps = of_odoo(odoo.source)
    say(f"{len(apps.chosen)} {apps.left_out}")
    with step(f"Installing {len(apps.chosen)} apps"):
        databases.drop(odoo, DATABASE)
        postgres.create(odoo.postgres, DATABASE)
        _install(odoo, apps.chosen)
    with step("ours"):
        _install(odoo, [a.name for a in addons.ours()])
    postgres.write_note(odoo.postgres, DATABASE, ready=True)


def _install(odoo, names):
    from .paths import LOGS
    import subprocess
    conf = odoo.configuration(DATABASE, http_enable=False, with_demo=False)
    with open(LOGS / f"{DATABASE}-{len(names)}.log", "w") as f:
        with odoo.process(["-c", conf, "-i", ",".join(names), "--stop-after-init"], stdout=f, stderr=f) as p:
            print(p.wait())
