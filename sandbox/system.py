"""The machine: installed programs, packages to install, processes that end with ours."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import Trouble, say, step


def is_root() -> bool:
    return os.geteuid() == 0


def run(command: Sequence[str | Path], *, what: str, env: Mapping[str, str] | None = None, **options: object) -> None:
    """Run a command; its output goes to standard error.

    :raises Trouble: when it fails
    """
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno(), env=env, **options)
    if result.returncode:
        raise Trouble(f"{what} failed (exit status {result.returncode}): {' '.join(map(str, command))}")


def output(command: Sequence[str | Path]) -> str:
    """Return the output of a command, or an empty text if it fails or does not exist."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def apt_install(packages: Sequence[str], *, why: str) -> bool:
    """Install Debian packages as root. Return False if that is not possible."""
    if not (is_root() and shutil.which("apt-get")):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    with step(f"Installing {', '.join(packages)} with apt ({why})"):
        # The package lists may be missing or outdated: only then are they updated.
        if _quietly(install, env):
            return True
        if _quietly(["apt-get", "update", "-q"], env) and _quietly(install, env, show_failure=True):
            return True
        say(f"    apt could not install {', '.join(packages)}")
        return False


def _quietly(command: Sequence[str], env: Mapping[str, str], show_failure: bool = False) -> bool:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env)
    if result.returncode and show_failure:
        say(result.stderr.strip())
    return result.returncode == 0


def end_with_parent() -> None:
    """Make the kernel end this child process when its parent dies, even by SIGKILL. For `preexec_fn`."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
