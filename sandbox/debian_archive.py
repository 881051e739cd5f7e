"""Download packages of another Debian suite without changing the system, and without root.

The sources are those of the machine (so its mirrors and keys are used, and apt checks the signatures); only the suite
is replaced. Both source formats are supported: deb822 (`*.sources`) and the old one-line style (`*.list`).
"""

import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import system
from .console import Trouble

_OWN_SUITES = {"oldstable", "stable", "testing", "unstable", "sid"}
_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


@dataclass(frozen=True)
class Source:
    """A Debian mirror configured on this machine."""

    uri: str
    components: str
    signed_by: str = ""

    def stanza(self, suites: Sequence[str]) -> str:
        """Return the deb822 paragraph of this mirror for other suites.

        >>> print(Source("mirror", "main", "/key.gpg").stanza(["sid"]))
        Types: deb
        URIs: mirror
        Suites: sid
        Components: main
        Signed-By: /key.gpg
        """
        lines = ["Types: deb", f"URIs: {self.uri}", f"Suites: {' '.join(suites)}", f"Components: {self.components}"]
        return "\n".join(lines + ([f"Signed-By: {self.signed_by}"] if self.signed_by else []))


def parse_deb822(text: str, own_suites: set[str]) -> Iterator[Source]:
    """Yield the binary sources of the machine's own suites from a `*.sources` file.

    >>> text = "Types: deb\\nURIs: http://m/debian\\nSuites: bookworm backports\\nComponents: main\\nSigned-By: /k"
    >>> list(parse_deb822(text, {"bookworm"}))
    [Source(uri='http://m/debian', components='main', signed_by='/k')]
    >>> list(parse_deb822(text.replace("bookworm ", "nodistro "), {"bookworm"}))
    []
    """
    for paragraph in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        # A continuation line (an embedded key) begins with a blank and belongs to its field.
        fields = {
            key.lower(): value.strip() for key, value in re.findall(r"(?m)^([\w-]+):((?:.*)(?:\n[ \t].*)*)", paragraph)
        }
        if (
            "deb" in fields.get("types", "").split()
            and own_suites & set(fields.get("suites", "").split())
            and "main" in fields.get("components", "").split()
            and fields.get("enabled", "yes").lower() != "no"
        ):
            for uri in fields.get("uris", "").split():
                yield Source(uri, fields["components"], fields.get("signed-by", ""))


def parse_one_line(text: str, own_suites: set[str]) -> Iterator[Source]:
    """Yield the binary sources of the machine's own suites from a `*.list` file.

    >>> list(parse_one_line("deb [arch=amd64 signed-by=/k] http://m/debian bookworm main contrib # x", {"bookworm"}))
    [Source(uri='http://m/debian', components='main contrib', signed_by='/k')]
    >>> list(parse_one_line("deb-src http://m/debian bookworm main", {"bookworm"}))
    []
    """
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#")[0].strip())
        if match and match["suite"] in own_suites and "main" in match["components"].split():
            options = dict(option.split("=", 1) for option in (match["options"] or "").split() if "=" in option)
            yield Source(match["uri"], match["components"].strip(), options.get("signed-by", ""))


def own_release() -> dict[str, str]:
    """Return the values of the machine's os-release file (`ID`, `VERSION_CODENAME`...)."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def own_sources() -> list[Source]:
    """Return the mirrors that this machine uses for its own suite, without duplicates."""
    suites = _OWN_SUITES | {own_release().get("VERSION_CODENAME", "stable")}
    etc = Path("/etc/apt")
    found: list[Source] = []
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]:
        if path.suffix in (".list", ".sources") and path.is_file():
            parse = parse_deb822 if path.suffix == ".sources" else parse_one_line
            found += parse(path.read_text(errors="replace"), suites)
    return list(dict.fromkeys(found))


class PrivateApt:
    """apt with separate lists and caches."""

    def __init__(self, folder: Path, source: Source, suites: Sequence[str]):
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "private.sources").write_text(source.stanza(suites) + "\n")

    def update(self) -> None:
        self._apt("update", "-q", what="Fetching the list of Debian packages")

    def version(self, package: str, suite: str) -> str:
        """Return the version of a package in a suite, or an empty text."""
        shown = system.output(["apt-cache", *self._options(), "madison", package])
        rows = [[cell.strip() for cell in line.split("|")] for line in shown.splitlines()]
        return next((version for _name, version, place in rows if f" {suite}/" in place), "")

    def download(self, packages: Sequence[str], into: Path) -> None:
        """Download `name/suite` packages; apt verifies them against the signed lists."""
        into.mkdir(parents=True, exist_ok=True)
        self._apt("download", *packages, what="Downloading Debian packages", cwd=into)

    def _apt(self, *arguments: str, what: str, **options: object) -> None:
        system.run(["apt-get", *self._options(), *arguments], what=what, **options)

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "private.sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": 3,
            # apt's own user may not have access to the folder.
            "APT::Sandbox::User": "",
        }
        return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def is_available() -> bool:
    """Whether this is a Debian system with the required tools."""
    return own_release().get("ID") == "debian" and all(map(shutil.which, ("apt-get", "apt-cache", "dpkg-deb")))


def open_suites(folder: Path, suites: Sequence[str], package: str, suite: str) -> PrivateApt:
    """Return a private apt on the first of the machine's mirrors that has the package in the suite."""
    failures = []
    for source in own_sources():
        apt = PrivateApt(folder, source, suites)
        try:
            apt.update()
        except Trouble as trouble:
            failures.append(str(trouble))
            continue
        if apt.version(package, suite):
            return apt
        failures.append(f"a mirror of this machine has no {package} in {suite}")
    raise Trouble("; ".join(failures) or "no Debian mirror was found in /etc/apt")


def unpack(archive: Path, into: Path) -> None:
    system.run(["dpkg-deb", "-x", archive, into], what=f"Unpacking {archive.name}")
