"""Our addons: which exist, what to install, and whether their source changed."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from .paths import ROOT

# The apps that the demo is shown with: those of a typical call center.
HOST_MODULES = ["sale_management", "crm", "contacts", "calendar"]
# Apps that change a whole database (home page, login): addons depending on them are tested in a separate database.
APART_HOSTS = {"website", "website_crm"}
_IGNORED = {"__pycache__"}


@dataclass(frozen=True)
class Addon:
    """An addon folder of this repository."""

    path: Path
    manifest: dict

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_bridge(self) -> bool:
        """Whether the addon installs itself together with its host app."""
        return bool(self.manifest.get("auto_install"))

    @property
    def is_test(self) -> bool:
        return self.name.startswith("test_")

    @property
    def is_separate(self) -> bool:
        """Whether the addon is tested in a separate database."""
        return bool(APART_HOSTS & set(self.manifest.get("depends", [])))

    @property
    def triggers(self) -> set[str]:
        """Return the modules that trigger the installation of a bridge."""
        auto = self.manifest.get("auto_install")
        return set(self.manifest.get("depends", [])) if auto is True else set(auto or [])

    def fingerprint(self) -> str:
        """Return a digest of all files in the folder."""
        digest = hashlib.sha256()
        for path in sorted(self.path.rglob("*")):
            if path.is_file() and not _IGNORED & set(path.parts):
                digest.update(f"{path.relative_to(self.path)}\0".encode() + path.read_bytes())
        return digest.hexdigest()[:16]


def ours() -> list[Addon]:
    """Return the installable addons of this repository."""
    found = []
    for manifest in sorted(ROOT.glob("*/__manifest__.py")):
        values = ast.literal_eval(manifest.read_text())
        if values.get("installable", True):
            found.append(Addon(manifest.parent, values))
    return found


def for_demo() -> list[str]:
    """Return the addons to install by name; bridges install themselves."""
    return [addon.name for addon in ours() if not addon.is_test and not addon.is_bridge]


def for_tests() -> list[str]:
    return [addon.name for addon in ours() if not addon.is_separate]


def for_tests_apart() -> list[str]:
    return [addon.name for addon in ours() if addon.is_separate]


def of_proofs() -> list[str]:
    """Return the addons that only contain tests of all others together."""
    return [addon.name for addon in ours() if addon.is_test and not addon.is_separate]


def fingerprints() -> dict[str, str]:
    return {addon.name: addon.fingerprint() for addon in ours()}


def tags_of(names: list[str]) -> str:
    """Return the test tags that select every test of some addons."""
    return ",".join(f"/{name}" for name in names)


def shared_out(tags: str) -> tuple[str, str, str]:
    """Split a selection into the tests for the database of all addons, that of the proofs, and the separate one."""
    chosen, proofs, apart = tags.split(","), of_proofs(), for_tests_apart()
    addon_of = {tag: tag.partition("/")[2].partition(":")[0].split("/")[0] for tag in chosen}
    together = [tag for tag, addon in addon_of.items() if addon not in (*proofs, *apart)]
    parts = (together, *([tag for tag, addon in addon_of.items() if addon in names] for names in (proofs, apart)))
    return tuple(",".join(part) for part in parts)
