"""Databases with demo data: a cached template without our addons, and copies of it with them.

Our addons are always really installed into a copy. The source of a database is noted in its comment, so that changes
can be updated, and databases that these commands did not create are never changed.
"""

import hashlib
import os
import shutil
from pathlib import Path

from . import addons, postgres
from .console import Trouble, say, step
from .lock import FileLock, held
from .odoo_process import DATA, Odoo
from .paths import LOGS, made

TEMPLATE_PREFIX = "sandbox_template_"
# Odoo goes on without demo data that cannot be loaded, and says so in a warning.
COMPLAINTS = (" ERROR ", " CRITICAL ", "demo data failed to install")


def template(odoo: Odoo) -> str:
    """Return the name of the template database, created if missing."""
    key = f"{odoo.source.label} {addons.HOST_MODULES}"
    name = TEMPLATE_PREFIX + hashlib.sha256(key.encode()).hexdigest()[:10]
    with held(name, waiting_for="another command that makes the same template"):
        if not (postgres.read_note(odoo.postgres, name) or {}).get("ready"):
            with step(f"Installing {', '.join(addons.HOST_MODULES)} with demo data (once; kept as a template)"):
                _remove(odoo, name)
                postgres.create(odoo.postgres, name)
                install(odoo, name, ["-i", ",".join(addons.HOST_MODULES)])
                postgres.write_note(odoo.postgres, name, ready=True)
    return name


def copy_of_template(odoo: Odoo, name: str) -> None:
    """Create or replace a database as a copy of the template, including its files."""
    copy(odoo, template(odoo), name)


def copy(odoo: Odoo, source: str, name: str) -> None:
    """Create or replace a database as a copy of another of ours, including its files."""
    refuse_foreign(odoo, name)
    with step(f"Copying the template to {name}"), held(source):
        _remove(odoo, name)
        postgres.create(odoo.postgres, name, template=source)
        # Stored files are named by their content and never changed, so hard links suffice.
        if _files(source).exists():
            shutil.copytree(_files(source), _files(name), copy_function=os.link)


def prepare(odoo: Odoo, name: str, *, with_tests: bool = False, afresh: bool = False, without: str = "") -> FileLock:
    """Create a database with our addons, or update it to the current source. Return its lock, held as a user's.

    :param without: an addon to leave out
    """
    refuse_foreign(odoo, name)
    in_use = FileLock(f"database-{name}")
    alone = in_use.try_take()
    note = postgres.read_note(odoo.postgres, name) or {}
    if not alone and not note.get("ready"):
        in_use.take(waiting_for=f"another command that makes {name}")
        alone, note = True, postgres.read_note(odoo.postgres, name) or {}
    if alone:
        wanted = [addon for addon in (addons.for_tests() if with_tests else addons.for_demo()) if addon != without]
        _bring_up_to_date(odoo, name, {} if afresh else note, wanted)
    elif _is_stale(odoo, note):
        say(f"    {name} is in use: the changes of the source since are not in it yet")
    in_use.take(shared=True)
    return in_use


def install(odoo: Odoo, name: str, arguments: list[str]) -> None:
    """Install or update modules.

    :raises Trouble: on an error in the log or a bad exit status
    """
    log = made(LOGS) / f"{name}.log"
    conf = odoo.configuration(name, http_enable=False)
    command = ["-c", conf, *arguments, "--stop-after-init"]
    with open(log, "w") as file, odoo.process(command, stdout=file, stderr=file) as running:
        status = running.wait()
    complaints = [line for line in log.read_text().splitlines() if any(sign in line for sign in COMPLAINTS)]
    if status or complaints:
        raise Trouble(
            f"Odoo {' '.join(arguments)} failed (exit status {status}):\n{_tail(log, complaints)}\nLog: {log}"
        )


def drop(odoo: Odoo, name: str) -> None:
    """Delete a database of ours and its files."""
    refuse_foreign(odoo, name)
    _remove(odoo, name)


def refuse_foreign(odoo: Odoo, name: str) -> None:
    """Refuse a database that these commands did not create."""
    if postgres.read_note(odoo.postgres, name) == {}:
        raise Trouble(f"The database {name} exists and was not made by these commands. Choose another: DB=...")


def _bring_up_to_date(odoo: Odoo, name: str, note: dict, wanted: list[str]) -> None:
    if not note.get("ready"):
        copy_of_template(odoo, name)
        with step(f"Installing {', '.join(wanted)} with demo data"):
            install(odoo, name, ["-i", ",".join(wanted)])
    elif _is_stale(odoo, note):
        with step(f"Updating {name} to the changed source"):
            if arguments := _update_arguments(odoo, name, note, wanted):
                install(odoo, name, arguments)
    else:
        return
    postgres.write_note(odoo.postgres, name, **_today(odoo))


def _today(odoo: Odoo) -> dict:
    return {"ready": True, "odoo": odoo.source.label, "addons": addons.fingerprints()}


def _is_stale(odoo: Odoo, note: dict) -> bool:
    return {key: note.get(key) for key in ("odoo", "addons")} != {
        key: value for key, value in _today(odoo).items() if key in ("odoo", "addons")
    }


def _update_arguments(odoo: Odoo, name: str, note: dict, wanted: list[str]) -> list[str]:
    """Return -u for changed addons and -i for new ones, including bridges of installed apps."""
    if note.get("odoo") != odoo.source.label:
        return ["-u", "base"]
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    installed = {module for (module,) in odoo.postgres.rows(query, database=name)}
    before = note.get("addons", {})
    changed = [key for key, value in addons.fingerprints().items() if key in installed and before.get(key) != value]
    bridges = [addon.name for addon in addons.ours() if addon.is_bridge and addon.triggers <= installed | set(wanted)]
    new = [module for module in dict.fromkeys(wanted + bridges) if module not in installed]
    return (["-u", ",".join(changed)] if changed else []) + (["-i", ",".join(new)] if new else [])


def _remove(odoo: Odoo, name: str) -> None:
    postgres.drop(odoo.postgres, name)
    shutil.rmtree(_files(name), ignore_errors=True)


def _files(name: str) -> Path:
    return DATA / "filestore" / name


def _tail(log: Path, complaints: list[str]) -> str:
    lines = log.read_text().splitlines()
    return "\n".join(complaints[:5] + ["..."] + lines[-15:])
