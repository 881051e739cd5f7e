"""A headless Chromium, driven by its debugging protocol: sign in, open a page, take a screenshot."""

import base64
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
import websocket

from . import programs, system
from .console import Trouble

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-US",
    "--no-first-run",
    "--remote-allow-origins=*",
    "--remote-debugging-port=0",
]
SECONDS_TO_START = 30
SECONDS_TO_SETTLE = 40
PHONE_WIDTH = 600
# A page is settled when these values stay the same: elements, loading state, images.
_SETTLED = """JSON.stringify([document.readyState, document.querySelectorAll('*').length,
    !!document.querySelector('.o_loading_indicator, .o_blockUI'),
    [...document.images].every((image) => image.complete), document.fonts.status, location.href])"""
_STILL_LOOKS = 4
_LOOK_EVERY = 0.4
# The document itself, and our elements that overflow the window without a scrolling container.
_OVERFLOW = """(() => {
    const width = %d;
    const scrolls = (node) => node && (["auto", "scroll"].includes(getComputedStyle(node).overflowX) ||
        scrolls(node.parentElement));
    const beyond = [...document.querySelectorAll("[class*='o_leads_agent']")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && box.height && box.right > width + 1 && !scrolls(node.parentElement);
    });
    return Math.max(0, document.documentElement.scrollWidth - width,
        ...beyond.map((node) => node.getBoundingClientRect().right - width));
})()"""

# The middle of the first matching element that is not covered by another one.
_PLACE = """(([selector, text]) => {
    const found = selector.startsWith("//")
        ? [document.evaluate(selector, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue]
        : [...document.querySelectorAll(selector)];
    for (const node of found) {
        if (!node || node.disabled || !node.getClientRects().length || !node.textContent.includes(text)) {
            continue;
        }
        node.scrollIntoView({ block: "nearest" });
        const box = node.getBoundingClientRect();
        const middle = [box.left + box.width / 2, box.top + box.height / 2];
        const top = document.elementFromPoint(...middle);
        if (top && (node.contains(top) || top.contains(node))) {
            return JSON.stringify(middle);
        }
    }
    return "";
})([%s, %s])"""
# Notes when an element is on the screen, in milliseconds since the page was opened.
_DRAWN = """(() => {
    const look = () => {
        if (document.querySelector(%s)) {
            requestAnimationFrame(() => (window.sandboxDrawnAt = performance.now()));
        } else {
            requestAnimationFrame(look);
        }
    };
    requestAnimationFrame(look);
})()"""


@dataclass
class Look:
    """The state of a page."""

    url: str
    png: bytes
    overflow: int
    errors: list[str] = field(default_factory=list)


class Browser:
    """A browser tab."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(address, timeout=60)
        self._sent = 0
        self._events: list[dict] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])

    def use_session(self, base: str, session_id: str) -> None:
        """Use an Odoo session from now on."""
        self._call("Page.navigate", url="about:blank")
        self._call("Network.clearBrowserCookies")
        self._call("Network.setCookie", name="session_id", value=session_id, url=base)

    def forget(self, base: str) -> None:
        """Empty the caches and the storage of an Odoo, its session included."""
        self._call("Page.navigate", url="about:blank")
        self._call("Network.clearBrowserCache")
        self._call("Storage.clearDataForOrigin", origin=base, storageTypes="all")

    def resize(self, width: int, height: int) -> None:
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def time_to(self, url: str, selector: str, seconds: int) -> float:
        """Open a page and return the milliseconds until an element is drawn.

        :param seconds: how long to wait for the element
        """
        self._call("Page.navigate", url="about:blank")
        script = self._call("Page.addScriptToEvaluateOnNewDocument", source=_DRAWN % json.dumps(selector))
        self._events.clear()
        self._call("Page.navigate", url=url)
        deadline = time.monotonic() + seconds
        while not (drawn := self._evaluate("window.sandboxDrawnAt")):
            if time.monotonic() > deadline:
                raise Trouble(f"{url} has not shown {selector} after {seconds} s: {self._errors()}")
            time.sleep(0.02)
        self._call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])
        return float(drawn)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)

    def is_there(self, selector: str, text: str = "") -> bool:
        return bool(self._place_of(selector, text))

    def find(self, selector: str, text: str = "") -> tuple[float, float]:
        """Wait for an element that somebody can click on, and return its middle.

        :param selector: in CSS, or an XPath that begins with ``//``
        :param text: which it contains
        :raises Trouble: when there is none for a while
        """
        deadline = time.monotonic() + SECONDS_TO_SETTLE
        while not (place := self._place_of(selector, text)):
            if time.monotonic() > deadline:
                raise Trouble(f"There is nothing to click at {selector} {text}: {self._errors()}")
            time.sleep(0.05)
        return place

    def press(self, selector: str, text: str = "") -> None:
        """Click on an element with the mouse, once it is there."""
        x, y = self.find(selector, text)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._call("Input.insertText", text=text)

    def _place_of(self, selector: str, text: str) -> tuple[float, float] | None:
        try:
            place = self._evaluate(_PLACE % (json.dumps(selector), json.dumps(text)))
        except Trouble:
            # The page is being replaced.
            return None
        return tuple(json.loads(place)) if place else None

    def look(self, url: str, width: int, height: int, click: str = "") -> Look:
        """Open a page at this window size, wait until it is settled (again after a click), take a screenshot."""
        phone = width < PHONE_WIDTH
        # Loading an empty page first ensures that the page is loaded again, and not only its fragment changed.
        self._call("Page.navigate", url="about:blank")
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self._call("Emulation.setTouchEmulationEnabled", enabled=phone)
        self._events.clear()
        self._call("Page.navigate", url=url)
        settled = self._wait_until_settled()
        errors = []
        if click:
            target = f"document.querySelector({json.dumps(click)})"
            if not self._evaluate(f"{target} && ({target}.click(), true)"):
                errors.append(f"nothing to click at {click}")
            settled = self._wait_until_settled()
        errors += [] if settled else [f"not settled after {SECONDS_TO_SETTLE} s"]
        overflow = round(self._evaluate(_OVERFLOW % width))
        png = base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])
        return Look(self._evaluate("location.href"), png, overflow, errors + self._errors())

    def close(self) -> None:
        self._socket.close()

    def _wait_until_settled(self) -> bool:
        deadline, before, same = time.monotonic() + SECONDS_TO_SETTLE, None, 0
        while same < _STILL_LOOKS:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY)
            now = self._evaluate(_SETTLED)
            is_settled = now == before and '"complete"' in now and "true,true" not in now
            same, before = (same + 1 if is_settled else 0), now
        return True

    def _errors(self) -> list[str]:
        return [text for event in self._events if (text := _error_text(event))]

    def _evaluate(self, expression: str) -> object:
        return self._call("Runtime.evaluate", expression=expression)["result"].get("value")

    def _call(self, method: str, **parameters: object) -> dict:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") != self._sent:
                self._events.append(message)
            elif "error" in message:
                raise Trouble(f"Chromium refused {method}: {message['error'].get('message')}")
            else:
                return message["result"]


def _error_text(event: dict) -> str:
    """Return the error message in an event of the browser, or an empty text."""
    method, values = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
        details = values["exceptionDetails"]
        return str(details.get("exception", {}).get("description") or details.get("text"))
    if method == "Log.entryAdded" and values["entry"]["level"] == "error":
        return f"{values['entry']['text']} {values['entry'].get('url', '')}".strip()
    if method == "Runtime.consoleAPICalled" and values["type"] in ("error", "assert"):
        return " ".join(str(part.get("value") or part.get("description", "")) for part in values["args"])
    return ""


@contextmanager
def opened() -> Iterator[Browser]:
    """Yield a browser with a temporary profile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [programs.require_browser(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=system.end_with_parent,
        )
        try:
            browser = Browser(_address(process, Path(profile)))
            yield browser
            browser.close()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen, profile: Path) -> str:
    """Return the address of the first tab, once the browser has printed its port."""
    told, deadline = profile / "DevToolsActivePort", time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if told.exists() and (lines := told.read_text().splitlines()):
            tabs = requests.get(f"http://127.0.0.1:{lines[0]}/json", timeout=10).json()
            pages = [tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"]
            if pages:
                return pages[0]
        time.sleep(0.1)
    raise Trouble("Chromium did not start.")


def sign_in(base: str, login: str, password: str) -> requests.Session:
    """Sign in to Odoo through the login form."""
    session = requests.Session()
    form = session.get(f"{base}/web/login", timeout=60).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    sent = {"login": login, "password": password, "csrf_token": token}
    answer = session.post(f"{base}/web/login", data=sent, timeout=60, allow_redirects=False)
    if answer.status_code != 303:
        raise Trouble(f"{login} could not sign in (status {answer.status_code}).")
    return session
