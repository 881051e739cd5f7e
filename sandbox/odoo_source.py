"""Find or download Odoo 19.0: ODOO_HOME, else the Debian package, else branch 19.0 of the public repository."""

import json
import os
import runpy
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian_archive, system
from .console import Trouble, say, step
from .lock import set_up_lock
from .paths import DOWNLOADS, HOME, made

SERIES = (19, 0)
PACKAGE = "odoo-19"
SUITE = "sid"
REPOSITORY = "https://github.com/odoo/odoo.git"
STATIC_PACKAGES = ["libjs-jquery", "libjs-jquery-form", "libjs-underscore"]
STATIC_PACKAGES += ["fonts-roboto-unhinted", "fonts-montserrat", "fonts-ocr-b"]
# The Font Awesome of newer suites lacks the file names used in Odoo's styles: all icons would be missing.
OWN_SUITE_PACKAGES = ["fonts-font-awesome", "fonts-inconsolata"]
LAST_SUITE_WITH_OLD_FONTS = "bookworm"
# Listed in a manifest, but not in the Debian package: the missing file is an error on the console of every page.
STRIPPED = ["mail/static/lib/selfie_segmentation/selfie_segmentation.js"]

_UNPACKED = HOME / "odoo"
_CLONE = HOME / "odoo-git"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can be run: its paths for PYTHONPATH, and its addons."""

    home: Path
    label: str

    @property
    def addons(self) -> list[Path]:
        return [path for path in (self.home / "odoo" / "addons", self.home / "addons") if path.is_dir()]


def find() -> OdooSource:
    """Return Odoo, downloaded if missing, and print its version."""
    source = _given() or _fetched() or _fetch()
    say(f"    Odoo {source.label}")
    return source


def release(home: Path) -> tuple[tuple[int, ...], str]:
    """Return version_info and version of the Odoo below a folder."""
    values = runpy.run_path(str(home / "odoo" / "release.py"))
    return tuple(values["version_info"][:2]), values["version"]


def locate(folder: Path) -> Path | None:
    """Return the folder with the `odoo` package: of a checkout, an installed or an unpacked tree."""
    dist_packages = Path("lib", "python3", "dist-packages")
    candidates = [folder, folder.parent, folder / "odoo", folder / "usr" / dist_packages, folder / dist_packages]
    return next((path for path in candidates if (path / "odoo" / "release.py").is_file()), None)


def _checked(home: Path, detail: str) -> OdooSource:
    series, version = release(home)
    if series != SERIES:
        raise Trouble(f"Odoo 19.0 is needed, but this is {version}: {home}")
    return OdooSource(home, f"{version} ({detail})")


def _given() -> OdooSource | None:
    folder = os.environ.get("ODOO_HOME")
    if not folder:
        return None
    home = locate(Path(folder).expanduser().resolve())
    if not home:
        raise Trouble(f"ODOO_HOME={folder} holds no Odoo: a checkout of branch 19.0 or an installed tree is wanted.")
    revision = system.output(["git", "-C", home, "rev-parse", "--short", "HEAD"]) if (home / ".git").exists() else ""
    return _checked(home, f"ODOO_HOME{', ' if revision else ''}{revision}")


def _fetched() -> OdooSource | None:
    stamp = _UNPACKED / "stamp.json"
    if stamp.exists():
        return _checked(locate(_UNPACKED), f"Debian package {json.loads(stamp.read_text())[PACKAGE]}")
    if (_CLONE / "stamp").exists():
        return _checked(_CLONE, f"branch 19.0, {(_CLONE / 'stamp').read_text()}")
    return None


def _fetch() -> OdooSource:
    with set_up_lock():
        if source := _fetched():  # another process downloaded it in the meantime
            return source
        failures = []
        for fetch in (_fetch_package, _fetch_branch):
            try:
                fetch()
                break
            except Trouble as trouble:
                failures.append(str(trouble))
        source = _fetched()
        if not source:
            raise Trouble(
                "Odoo 19.0 could not be fetched:\n  " + "\n  ".join(failures) + "\n"
                "Put a checkout of branch 19.0 somewhere and name it: ODOO_HOME=/path/to/odoo"
            )
        return source


def _fetch_package() -> None:
    if not debian_archive.is_available():
        raise Trouble("the Debian package: this machine is no Debian")
    own = debian_archive.own_release().get("VERSION_CODENAME", "")
    fonts = own if own and own not in ("sid", "forky") else LAST_SUITE_WITH_OLD_FONTS
    with step(f"Looking for {PACKAGE} in Debian's {SUITE}"):
        apt = debian_archive.open_suites(made(HOME / "apt"), [SUITE, fonts], PACKAGE, SUITE)
    names = [f"{name}/{SUITE}" for name in (PACKAGE, *STATIC_PACKAGES)]
    names += [f"{name}/{fonts}" for name in OWN_SUITE_PACKAGES]
    version = apt.version(PACKAGE, SUITE)
    # A folder per version: an interrupted set-up may have left an older one.
    folder = made(DOWNLOADS / version)
    with step(f"Downloading {PACKAGE} {version} (about 125 MB) and its fonts"):
        apt.download(names, folder)
    _unpack_all(sorted(folder.glob("*.deb")))
    shutil.rmtree(DOWNLOADS)


def _unpack_all(archives: list[Path]) -> None:
    """Unpack to a temporary folder and rename it, so that an existing tree is complete."""
    part = _UNPACKED.with_name("odoo.part")
    shutil.rmtree(part, ignore_errors=True)
    with step("Unpacking Odoo"):
        for archive in archives:
            debian_archive.unpack(archive, made(part))
        _repair(part)
    versions = dict(archive.stem.replace("%3a", ":").split("_")[:2] for archive in archives)
    (part / "stamp.json").write_text(json.dumps(versions, indent=1))
    part.rename(_UNPACKED)


def _repair(root: Path) -> None:
    """Restore files missing in the package, and report broken links."""
    addons = locate(root) / "odoo" / "addons"
    for name in STRIPPED:
        path = addons / name
        if not path.exists():
            made(path.parent)
            path.unlink(missing_ok=True)
            path.touch()
    dangling = [path for path in addons.glob("*/static/**/*") if path.is_symlink() and not path.exists()]
    for path in dangling:
        say(f"    missing behind a link: {path.relative_to(addons)}")


def _fetch_branch() -> None:
    if not shutil.which("git"):
        raise Trouble("branch 19.0: git is missing (apt-get install git)")
    part = _CLONE.with_name("odoo-git.part")
    shutil.rmtree(part, ignore_errors=True)
    with step("Cloning branch 19.0 of Odoo (shallow, some 500 MB)"):
        clone = ["git", "clone", "--depth", "1", "--branch", "19.0", "--single-branch", REPOSITORY, part]
        system.run(clone, what="Cloning Odoo", env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    (part / "stamp").write_text(system.output(["git", "-C", part, "rev-parse", "--short", "HEAD"]))
    part.rename(_CLONE)
