"""An Odoo shell on the demo database. Runs a script from standard input and returns its exit status."""

import os
import signal
import subprocess
import sys

from .. import databases
from ..odoo_process import Odoo
from ..paths import ROOT
from ..workbench import ready_odoo

DATABASE = os.environ.get("DB") or "leads_demo"


def run(arguments: list[str]) -> int:
    with ready_odoo() as odoo:
        databases.prepare(odoo, DATABASE)
        return _shell(odoo)


def _shell(odoo: Odoo) -> int:
    conf = odoo.configuration(f"{DATABASE}-shell", db_name=DATABASE, dbfilter=f"^{DATABASE}$", http_enable=False)
    level = "info" if sys.stdin.isatty() else "warn"
    command = odoo.command("shell", "-c", conf, "--log-level", level)
    process = subprocess.Popen(command, env=odoo.environ(), cwd=ROOT)
    # Ctrl-C is for the shell.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if process.poll() is None:
            process.terminate()
            process.wait()
