"""Virtual environments from the pinned requirements, created once and updated when the pins change."""

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from . import system
from .console import Trouble, step
from .lock import set_up_lock
from .paths import HOME, ROOT

REQUIREMENTS = ROOT / "requirements"
MAIN = "venv"
NEWEST_PYTHON = (3, 13)
OLDEST_PYTHON = (3, 10)


def run_inside(command: str, arguments: list[str]) -> None:
    """Replace this process by the same command in the main environment, unless it already runs there."""
    python = ensure(MAIN, ["odoo.txt", "test.txt"])
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.chdir(ROOT)
        os.execv(python, [str(python), "-m", "sandbox", command, *arguments])


def ensure(name: str, requirements: list[str]) -> Path:
    """Return the interpreter of an environment with all packages pinned in the requirement files."""
    folder = HOME / name
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    wanted = _fingerprint(requirements)
    if _stamped(stamp, wanted, python):
        return python
    with set_up_lock():
        if not _stamped(stamp, wanted, python):
            _make(folder, requirements)
            stamp.write_text(wanted)
    return python


def _stamped(stamp: Path, wanted: str, python: Path) -> bool:
    return python.exists() and stamp.exists() and stamp.read_text() == wanted


def _fingerprint(requirements: list[str]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {HOME}".encode())
    for name in requirements:
        digest.update((REQUIREMENTS / name).read_bytes())
    return digest.hexdigest()


def _make(folder: Path, requirements: list[str]) -> None:
    version = sys.version_info[:2]
    if not OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        raise Trouble(f"Odoo 19 runs on Python 3.10 to 3.13; this is {version[0]}.{version[1]}.")
    _require_venv_module()
    python = folder / "bin" / "python"
    if not (folder / "stamp").exists():
        with step(f"Making a virtual environment with Python {version[0]}.{version[1]}"):
            # Recreate incomplete environments (without a stamp).
            system.run([sys.executable, "-m", "venv", "--clear", folder], what="Making the virtual environment")
    files = [argument for name in requirements for argument in ("-r", REQUIREMENTS / name)]
    quiet = [] if sys.stderr.isatty() else ["-qq"]
    with step(f"Installing Python packages ({', '.join(requirements)})"):
        pip = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *quiet, *files]
        system.run(pip, what="Installing the Python packages", env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})


def _require_venv_module() -> None:
    """Debian has ensurepip in a separate package."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    if not system.apt_install(["python3-venv"], why="Python's venv module"):
        raise Trouble("Python's venv module is missing. Install it as root: apt-get install python3-venv")
