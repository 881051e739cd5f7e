"""Record rules and access rights as the addons ship them, to compare with those of a database."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from odoo.modules.module import Manifest
from odoo.tools import file_open

PERMISSIONS = ("perm_read", "perm_write", "perm_create", "perm_unlink")


@dataclass(frozen=True)
class ShippedRule:
    """One record of ``ir.rule`` in a data file."""

    xmlid: str
    name: str
    model_xmlid: str
    domain: str
    permissions: tuple[bool, ...]
    is_global: bool


def addons_on(root: str, installed: Iterable[str]) -> list[str]:
    """Return the addons that are, or depend on, the addon ``root``."""
    depends = {name: set((Manifest.for_addon(name) or {}).get("depends", ())) for name in installed}
    found = {root} & depends.keys()
    while more := {name for name, needs in depends.items() if needs & found} - found:
        found |= more
    return sorted(found)


def shipped_rules(addon: str) -> Iterator[ShippedRule]:
    """Return the rules in the data files of an addon."""
    for path in Manifest.for_addon(addon)["data"]:
        if path.endswith(".xml"):
            with file_open(f"{addon}/{path}", "rb") as file:
                for record in etree.parse(file).iter("record"):
                    if record.get("model") == "ir.rule":
                        yield _rule(addon, record)


def shipped_rights(addon: str) -> Iterator[tuple[str, set[str]]]:
    """Return the access rights in the data files of an addon: XML id and names of the allowed operations."""
    for path in Manifest.for_addon(addon)["data"]:
        if path.rpartition("/")[2] == "ir.model.access.csv":
            with file_open(f"{addon}/{path}") as file:
                for row in csv.DictReader(file):
                    yield _full(addon, row["id"]), {name for name in PERMISSIONS if row[name] == "1"}


def _full(addon: str, xmlid: str) -> str:
    return xmlid if "." in xmlid else f"{addon}.{xmlid}"


def _rule(addon: str, record: etree._Element) -> ShippedRule:
    fields = {field.get("name"): field for field in record.iter("field")}

    def text(name: str) -> str:
        return (fields[name].text or "").strip() if name in fields else ""

    return ShippedRule(
        xmlid=_full(addon, record.get("id")),
        name=text("name"),
        model_xmlid=_full(addon, fields["model_id"].get("ref")),
        domain=text("domain_force"),
        permissions=tuple(name not in fields or fields[name].get("eval") == "True" for name in PERMISSIONS),
        is_global="groups" not in fields,
    )
