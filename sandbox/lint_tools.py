"""The linters: those in Python in a separate environment, those of the front end from npm's lock file."""

import hashlib
import os
import shutil
from pathlib import Path

from . import programs, system, venv
from .console import step
from .lock import set_up_lock
from .paths import HOME, ROOT, made

_NODE = HOME / "node"
_PINS = ("package.json", "package-lock.json")


def search_path() -> str:
    """Return PATH with the linters first, installed if missing."""
    python = venv.ensure("lint", ["lint.txt"])
    _ensure_node_modules()
    return os.pathsep.join([str(python.parent), str(_NODE / "node_modules" / ".bin"), os.environ["PATH"]])


def _ensure_node_modules() -> None:
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in _PINS)).hexdigest()
    stamp = _NODE / "stamp"
    if not (stamp.exists() and stamp.read_text() == wanted):
        programs.require_node()
        with set_up_lock(), step("Installing eslint and prettier (npm ci)"):
            made(_NODE)
            for name in _PINS:
                shutil.copy(ROOT / name, _NODE / name)
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            system.run(["npm", "ci", *quiet], what="Installing eslint and prettier", cwd=_NODE)
            stamp.write_text(wanted)
    _link(ROOT / "node_modules", _NODE / "node_modules")


def _link(link: Path, target: Path) -> None:
    """eslint's configuration looks for its packages in its own folder, and editors do too."""
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))
