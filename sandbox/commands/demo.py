"""Start Odoo with the addons and demo data, from scratch if necessary; Ctrl-C stops everything."""

import os
import urllib.error
import urllib.request

from .. import databases, demo_users
from ..base_url import set_base_url
from ..console import Trouble, say, step, table
from ..odoo_process import Odoo, is_port_free, wait_for_http
from ..paths import LOGS, made
from ..workbench import ready_odoo

DATABASE = os.environ.get("DB") or "leads_demo"
PORT = int(os.environ.get("PORT") or 8069)
URL = f"http://localhost:{PORT}"
ASSETS = [
    "web.assets_frontend.min.css",
    "web.assets_frontend_minimal.min.js",
    "web.assets_web.min.css",
    "web.assets_web.min.js",
]


def run(arguments: list[str]) -> int:
    if not is_port_free(PORT):
        raise Trouble(f"Port {PORT} is taken. Choose another: make demo PORT={PORT + 1}")
    with ready_odoo() as odoo:
        databases.prepare(odoo, DATABASE, afresh=bool(os.environ.get("FRESH")))
        set_base_url(odoo.postgres, DATABASE, URL)
        return serve(odoo)


def serve(odoo: Odoo) -> int:
    log = made(LOGS) / "demo.log"
    conf = odoo.configuration(DATABASE, http_port=PORT)
    with open(log, "w") as file, odoo.process(["-c", conf], stdout=file, stderr=file) as running:
        with step("Starting Odoo"):
            if not wait_for_http(running, PORT):
                raise Trouble(f"Odoo did not start. Its log: {log}")
            warm_up(URL)
        _greet(odoo, str(log))
        status = running.wait()
    raise Trouble(f"Odoo ended by itself (exit status {status}). Its log: {log}")


def warm_up(url: str) -> None:
    """Load the first page, so that its style sheets and scripts are generated."""
    for path in ["/web/login", *(f"/web/assets/any/{name}" for name in ASSETS)]:
        try:
            urllib.request.urlopen(url + path, timeout=120).read()
        except (urllib.error.URLError, TimeoutError) as error:
            say(f"    {path}: {error}")


def _greet(odoo: Odoo, log: str) -> None:
    rows = [("who", "sign-in", "password")]
    rows += [(role, login, login) for role, login in demo_users.sign_ins(odoo.postgres, DATABASE)]
    say(f"\nOdoo with Leads Agent: {URL}/odoo\n\n{table(rows)}\n\nLog: {log}\nCtrl-C removes the function.")
