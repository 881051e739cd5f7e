"""The parts of `make prove`, each of which can be run alone: which tests inside Odoo, and which proofs around it."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from .console import Trouble, say

ADDON = "test_leads_agent"
# What the tests of every part have in common.
TAG = "leads_prove"
# Where the modules are that prove what no test inside Odoo can try.
AROUND = (f"{ADDON}.proofs.around", __package__)


@dataclass(frozen=True)
class Part:
    """Classes of tests in ``test_leads_agent``, and modules with a function ``prove(odoo)`` that stand around Odoo."""

    tests: tuple[str, ...] = ()
    around: tuple[str, ...] = ()

    @property
    def selection(self) -> str:
        """Return the tests as Odoo selects them.

        >>> Part(("TestLinks", "TestForms")).selection
        '/test_leads_agent:TestLinks,/test_leads_agent:TestForms'
        """
        return ",".join(f"/{ADDON}:{name}" for name in self.tests)


PARTS = {
    "visibility": Part(
        (
            "TestCanarySweep",
            "TestForms",
            "TestJourneys",
            "TestJourneysEntering",
            "TestLinkExamples",
            "TestMutants",
            "TestOfferProbes",
            "TestProbes",
            "TestPublicMethods",
            "TestResiduals",
            "TestSignIn",
        )
    ),
    # Each takes about an hour of one processor.
    "links": Part(("TestLinks",)),
    "numbers": Part(("TestNumbers",)),
    "races": Part(
        ("TestAssigningRaces", "TestOfferNeverLost", "TestOfferRaces", "TestOfferSimulation"),
        ("two_workers", "killed_job", "call_load"),
    ),
    "figures": Part(("TestBatchesAny", "TestFiguresAny")),
    "upgrade": Part(around=("lifecycle", "upgrades")),
    "inputs": Part(("TestBadInput",)),
    "apps": Part(around=("all_apps",)),
}


def chosen(name: str) -> list[Part]:
    """Return the part of that name, or all.

    >>> chosen("upgrade")
    [Part(tests=(), around=('lifecycle', 'upgrades'))]
    >>> len(chosen("")) == len(PARTS)
    True
    """
    if name and name not in PARTS:
        raise Trouble(f"There is no part {name!r} of the proofs. The parts are: {', '.join(PARTS)}")
    return [PARTS[name]] if name else list(PARTS.values())


def around(parts: list[Part]) -> list[Callable]:
    """Return the functions ``prove(odoo)`` of some parts."""
    functions = []
    for name in (name for part in parts for name in part.around):
        found = [f"{package}.{name}" for package in AROUND if importlib.util.find_spec(f"{package}.{name}")]
        if found:
            functions.append(importlib.import_module(found[0]).prove)
        else:
            say(f"  ! The proof {name} is not there: left out")
    return functions
