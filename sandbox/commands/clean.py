"""Stop the embedded PostgreSQL and delete everything that the commands created."""

import os
import shutil
import signal
import time
from pathlib import Path

from ..console import say, step
from ..paths import HOME, OUTSIDE, ROOT

SECONDS_TO_STOP = 20


def run(arguments: list[str]) -> int:
    if not HOME.exists():
        say("There is nothing to remove.")
        return 0
    _stop_server(HOME / "postgres" / "data" / "postmaster.pid")
    with step(f"Removing {HOME}"):
        shutil.rmtree(HOME)
        shutil.rmtree(OUTSIDE, ignore_errors=True)
    link = ROOT / "node_modules"
    if link.is_symlink():
        link.unlink()
    say("    databases on another PostgreSQL server (PGHOST) were left alone")
    return 0


def _stop_server(pid_file: Path) -> None:
    """Signal the server to stop; its own programs may already be deleted."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    program = Path(f"/proc/{pid}/exe")
    try:
        if {HOME, OUTSIDE} & set(Path(os.readlink(program)).parents):
            os.kill(pid, signal.SIGINT)
    except (FileNotFoundError, ProcessLookupError):
        return  # left over from a crash
    deadline = time.monotonic() + SECONDS_TO_STOP
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
