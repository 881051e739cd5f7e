"""Our addons: which there are, what to install, and whether their source changed."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from .paths import ROOT

# The Odoo that our addons are shown in: the apps a call center would have.
HOST_MODULES = ["sale_management", "crm", "contacts", "calendar"]
# Hosts that change a whole database (its home page, its login): what depends on them is tested in one of its own.
APART_HOSTS = {"website", "website_crm"}
_IGNORED = {"__pycache__"}


@dataclass(frozen=True)
class Addon:
    """One addon folder of this repository."""

    path: Path
    manifest: dict

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_bridge(self) -> bool:
        """A bridge installs itself where its host app is installed."""
        return bool(self.manifest.get("auto_install"))

    @property
    def is_test(self) -> bool:
        return self.name.startswith("test_")

    @property
    def stands_apart(self) -> bool:
        """Tell whether the addon is tested in a database of its own."""
        return bool(APART_HOSTS & set(self.manifest.get("depends", [])))

    @property
    def triggers(self) -> set[str]:
        """Return the modules whose presence installs a bridge."""
        auto = self.manifest.get("auto_install")
        return set(self.manifest.get("depends", [])) if auto is True else set(auto or [])

    def fingerprint(self) -> str:
        """Return a digest of all that is in the folder."""
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
    """Return the addons to install by name; the bridges come by themselves."""
    return [addon.name for addon in ours() if not addon.is_test and not addon.is_bridge]


def for_tests() -> list[str]:
    return [addon.name for addon in ours() if not addon.stands_apart]


def for_tests_apart() -> list[str]:
    return [addon.name for addon in ours() if addon.stands_apart]


def of_proofs() -> list[str]:
    """Return the addons that hold nothing but tests of all the others together."""
    return [addon.name for addon in ours() if addon.is_test and not addon.stands_apart]


def fingerprints() -> dict[str, str]:
    return {addon.name: addon.fingerprint() for addon in ours()}


def tags_of(names: list[str]) -> str:
    """Return the selection of every test of some addons."""
    return ",".join(f"/{name}" for name in names)


def shared_out(tags: str) -> tuple[str, str, str]:
    """Return what of a selection runs in the database of all addons, in the one of the proofs, and in the one apart."""
    chosen, proofs, apart = tags.split(","), of_proofs(), for_tests_apart()
    addon_of = {tag: tag.partition("/")[2].partition(":")[0].split("/")[0] for tag in chosen}
    together = [tag for tag, addon in addon_of.items() if addon not in (*proofs, *apart)]
    parts = (together, *([tag for tag, addon in addon_of.items() if addon in names] for names in (proofs, apart)))
    return tuple(",".join(part) for part in parts)
