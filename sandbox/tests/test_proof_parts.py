"""The parts of the proofs: together they contain every proof exactly once."""

import re
from collections import Counter

import pytest

from sandbox import proof_parts
from sandbox.commands import prove
from sandbox.console import Trouble
from sandbox.paths import ROOT
from sandbox.proof_parts import ADDON, AROUND, PARTS, TAG

TAGGED = re.compile(rf'@tagged\([^)]*"{TAG}"[^)]*\)\nclass (\w+)')
PROOF = re.compile(r"^from \.\.proofs import (\w+)$", re.MULTILINE)


def _tagged(folder):
    """Return (addon, module, class) of the tests with the tag in a folder of the addons."""
    files = [(path, path.read_text()) for path in ROOT.glob(f"*/{folder}/test_*.py")]
    return [(path.parts[-3], path.stem, name) for path, text in files for name in TAGGED.findall(text)]


def test_every_proof_is_in_one_part_and_every_name_is_that_of_a_proof():
    tabled = Counter(name for part in PARTS.values() for name in part.tests)
    assert tabled == Counter(name for _addon, _module, name in _tagged("proofs"))
    assert {addon for addon, _module, _name in _tagged("proofs")} == {ADDON}
    assert not _tagged("tests")


def test_odoo_finds_every_proof():
    loaded = (ROOT / ADDON / "tests" / "__init__.py").read_text()
    assert {path.stem for path in (ROOT / ADDON / "proofs").glob("test_*.py")} == set(PROOF.findall(loaded))


def test_every_module_that_proves_is_in_one_part():
    folders = [ROOT.joinpath(*package.split(".")) for package in AROUND]
    files = [path for folder in folders for path in folder.glob("*.py")]
    modules = [path.stem for path in files if "\ndef prove(" in path.read_text()]
    tabled = Counter(name for part in PARTS.values() for name in part.around)
    assert not set(modules) - set(tabled)
    assert set(tabled.values()) == {1}


def test_unknown_part_is_refused_with_those_that_there_are(monkeypatch):
    monkeypatch.setenv("PART", "sight")
    monkeypatch.delenv("ARGS", raising=False)
    names = "visibility, links, numbers, races, figures, upgrade, minutes, inputs, apps, addons"
    with pytest.raises(Trouble, match=names):
        prove.run([])


def test_a_part_and_a_selection_are_not_given_together(monkeypatch):
    monkeypatch.setenv("PART", "races")
    with pytest.raises(Trouble, match="give one of them"):
        prove.run(["/test_leads_agent:TestLinks"])


def test_no_part_is_all_of_them():
    assert proof_parts.chosen("") == list(PARTS.values())


def test_every_module_around_is_found():
    parts = list(PARTS.values())
    assert len(proof_parts.around(parts)) == sum(len(part.around) for part in parts)
