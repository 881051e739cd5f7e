"""The parts of `make prove`, each of which can be run alone: its tests inside Odoo, and its other proofs."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from .console import Trouble, say

ADDON = "test_leads_agent"
# The tag of the tests of every part.
TAG = "leads_prove"
# The packages with proofs that cannot be tests inside Odoo.
AROUND = (f"{ADDON}.proofs.around", __package__)


@dataclass(frozen=True)
class Part:
    """Test classes of ``test_leads_agent``, and modules with a function ``prove(odoo)`` that run outside Odoo."""

    tests: tuple[str, ...] = ()
    around: tuple[str, ...] = ()

    @property
    def selection(self) -> str:
        """Return the test tags of Odoo that select the tests.

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
    # Each takes about an hour on one processor.
    "links": Part(("TestLinks",)),
    "numbers": Part(("TestNumbers",)),
    "races": Part(
        ("TestAssigningRaces", "TestOfferNeverLost", "TestOfferRaces", "TestOfferSimulation"),
        ("two_workers", "killed_job", "call_load"),
    ),
    "figures": Part(("TestBatchesAny", "TestFiguresAny")),
    "upgrade": Part(around=("lifecycle", "upgrades")),
    "minutes": Part(around=("first_minutes",)),
    "inputs": Part(("TestBadInput",)),
    "apps": Part(around=("all_apps",)),
    "addons": Part(around=("addon_subsets",)),
}


def chosen(name: str) -> list[Part]:
    """Return the part of this name, or all parts.

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
