"""Take a screenshot of each menu of admin, manager and agent, wide and narrow. ARGS='agent_dashboard' selects.

Those used in documents are updated in `docs/screenshots`, the others are saved in `.sandbox/screenshots`.
Fails on an error on the console and on a page that is wider than the window.
"""

import io
import os
import subprocess

import requests
from PIL import Image

from .. import browser, databases, demo_users, pages
from ..console import Trouble, say, step, table
from ..odoo_process import Odoo, free_port, wait_for_http
from ..paths import LOGS, OTHER_SCREENSHOTS, SCREENSHOTS, made
from ..workbench import ready_odoo
from .demo import DATABASE

SIZES = [(1280, 800), (390, 844)]
COLOURS = 256


def run(arguments: list[str]) -> int:
    chosen = arguments or os.environ.get("ARGS", "").split()
    with ready_odoo() as odoo:
        databases.prepare(odoo, DATABASE)
        port = free_port()
        conf = odoo.configuration(f"{DATABASE}-pictures", db_name=DATABASE, dbfilter=f"^{DATABASE}$", http_port=port)
        with (
            open(made(LOGS) / "screenshots.log", "w") as log,
            odoo.process(["-c", conf], stdout=log, stderr=subprocess.STDOUT) as running,
        ):
            if not wait_for_http(running, port):
                raise Trouble(f"Odoo did not start. Its log: {log.name}")
            return _picture_all(odoo, f"http://127.0.0.1:{port}", chosen)


def _picture_all(odoo: Odoo, base: str, chosen: list[str]) -> int:
    logins: dict[str, str] = {}
    for role, login in demo_users.sign_ins(odoo.postgres, DATABASE):
        logins.setdefault(role, login)
    if manager := logins.get("manager"):
        _test_visibility(browser.sign_in(base, manager, manager), base)
    forms = pages.forms(odoo.postgres, DATABASE, logins.get("agent", ""))
    rows = []
    with step(f"Picturing the pages of {', '.join(logins.values())}"), browser.opened() as window:
        for role, login in logins.items():
            session = browser.sign_in(base, login, login)
            window.use_session(base, session.cookies["session_id"])
            todo = pages.menus(base, role, session) + [page for page in forms if page.role == role]
            rows += [_picture(window, base, page, size) for page in todo for size in SIZES if _is_chosen(page, chosen)]
    if not rows:
        raise Trouble("There was nothing to picture: no menu of ours, or no page of that name.")
    say("\n" + table([("picture", "overflow", "errors"), *rows]))
    bad = [row for row in rows if row[1:] != ("", "")]
    say(f"\n{len(rows)} pictures in {SCREENSHOTS} and {OTHER_SCREENSHOTS}, {len(bad)} with a problem")
    return 1 if bad else 0


def _test_visibility(session: requests.Session, base: str) -> None:
    """Run a visibility test as the manager, because the demo data contain none."""
    call = {"model": "leads.agent.self.test", "method": "action_run", "args": [[]], "kwargs": {}}
    with step("Testing visibility"):
        answer = session.post(f"{base}/web/dataset/call_kw", json={"params": call}, timeout=600).json()
    if "error" in answer:
        raise Trouble(f"The visibility test failed: {answer['error']['data']['message']}")


def _is_chosen(page: pages.Page, chosen: list[str]) -> bool:
    return not chosen or any(part in f"{page.role}_{page.name}" for part in chosen)


def _picture(window: browser.Browser, base: str, page: pages.Page, size: tuple[int, int]) -> tuple[str, str, str]:
    """Take a screenshot of one page at one size. Return a row of the table."""
    seen = window.look(base + page.path, *size, click=page.click)
    name = f"{page.role}_{page.name}_{size[0]}.png"
    image = Image.open(io.BytesIO(seen.png)).convert("RGB")
    # Screenshots have few colours: a palette reduces the file to a third.
    folder = SCREENSHOTS if (SCREENSHOTS / name).exists() else made(OTHER_SCREENSHOTS)
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / name, optimize=True)
    say(f"    {name} {seen.url.removeprefix(base)}")
    for error in seen.errors:
        say(f"  ! {error[:500]}")
    return name, f"{seen.overflow} px" if seen.overflow > 0 else "", str(len(seen.errors) or "")
