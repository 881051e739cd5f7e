"""Programs that Odoo and the tests use: found, installed with apt as root, or named in an error message."""

import shutil

from . import system
from .console import Trouble, say

# In the order of Odoo's test framework.
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def require_browser() -> str:
    """Return the path of a Chromium."""
    found = _which_of(BROWSERS)
    if not found and system.apt_install(["chromium"], why="the browser of the tours"):
        found = _which_of(BROWSERS)
    if not found:
        raise Trouble("Chromium is missing and the browser tests need it. As root: apt-get install chromium")
    return found


def want_wkhtmltopdf() -> None:
    """Ensure that PDFs can be printed, or print a warning."""
    if shutil.which("wkhtmltopdf") or system.apt_install(["wkhtmltopdf"], why="PDFs of quotations"):
        return
    say("    wkhtmltopdf is missing (apt-get install wkhtmltopdf): printing, and confirming with an e-mail, will fail")


def require_node() -> None:
    if shutil.which("npm") and shutil.which("node"):
        return
    if not system.apt_install(["nodejs", "npm"], why="eslint and prettier"):
        raise Trouble("Node.js and npm are missing and the front end's linters need them: apt-get install nodejs npm")


def _which_of(names: list[str]) -> str:
    return next(filter(None, map(shutil.which, names)), "")
