"""Run Odoo: its configuration file, its command line, and a process that is stopped completely."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import system
from .odoo_source import OdooSource
from .paths import HOME, ROOT, made
from .postgres import Postgres

DATA = HOME / "data"
SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Odoo:
    """An Odoo and a database server."""

    source: OdooSource
    postgres: Postgres
    environment: dict[str, str] = field(default_factory=dict)

    def configuration(self, database: str, **options: object) -> Path:
        """Write the configuration file for a database, and return its path."""
        values = {
            "addons_path": ",".join(map(str, [*self.source.addons, ROOT])),
            "data_dir": DATA,
            "db_name": database,
            "dbfilter": f"^{database}$",
            "list_db": False,
            "http_interface": "127.0.0.1",
            "with_demo": True,
            "max_cron_threads": 1,
            # Do not stop threads that are delayed by a debugger or a slow machine.
            "limit_time_real": 0,
            "limit_time_cpu": 0,
            "limit_memory_hard": 0,
            "limit_memory_soft": 0,
            "screenshots": HOME / "test-screenshots",
            **self.postgres.odoo_options(),
            **options,
        }
        path = made(HOME / "conf") / f"{database}.conf"
        path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
        path.chmod(0o600)
        return path

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "odoo", *map(str, arguments)]

    def environ(self) -> dict[str, str]:
        """Return the environment: Odoo importable, wkhtmltopdf without a screen."""
        inherited = {key: value for key, value in os.environ.items() if key not in ("ODOO_RC", "OPENERP_SERVER")}
        found_on = os.pathsep.join(filter(None, [str(self.source.home), inherited.get("PYTHONPATH")]))
        headless = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(made(HOME / "run"))}
        return {**inherited, "PYTHONPATH": found_on, "PYTHONUNBUFFERED": "1", **headless, **self.environment}

    @contextmanager
    def process(self, arguments: Sequence[str | Path], **options: object) -> Iterator[subprocess.Popen]:
        """Run Odoo for the block, in a separate session; afterwards it and its children are stopped."""
        popen = subprocess.Popen(
            self.command(*arguments),
            env=self.environ(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=system.end_with_parent,
            **options,
        )
        try:
            yield popen
        finally:
            stop_group(popen)


def stop_group(popen: subprocess.Popen) -> None:
    """Terminate the process, wait, then kill the whole group."""
    if popen.poll() is None:
        popen.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            popen.wait(SECONDS_TO_STOP)
    try:
        os.killpg(popen.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    popen.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for_http(popen: subprocess.Popen, port: int, seconds: float = 120) -> bool:
    """Wait until Odoo listens; return False if it ended or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and popen.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False
