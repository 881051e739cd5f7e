"""Which addons are installed together in the proof of addons: each alone, all, all but one, and some by chance.

Nothing here needs Odoo or a database: manifests in, cases out.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SUBSETS = 20
# How often the dice are thrown for a subset that is not there yet.
TURNS = 100
# What no proof can do without, and what Odoo installs with it by itself.
BARE = ("base",)


@dataclass(frozen=True)
class Case:
    """Addons that are installed one stage after another, and uninstalled in the opposite order.

    ``stages``: the names that are asked for in each. ``hosts``: the addons of Odoo that are there before. ``auto``:
    whether Odoo adds what installs itself. ``says``: what the case stands for, all names of equal cases. ``control``:
    what comes of Odoo along with the stages and is installed without them, to see what it leaves by itself.
    """

    stages: tuple[tuple[str, ...], ...]
    hosts: frozenset[str]
    auto: bool
    says: tuple[str, ...]
    control: tuple[str, ...] = ()


class Manifests:
    """The addons of Odoo and of the suite, by name, and what comes along with some of them.

    >>> few = Manifests({"base": {}, "crm": {}, "ours": {"depends": ["crm"]},
    ...                  "bridge": {"depends": ["ours", "sms"], "auto_install": ["ours"]}, "sms": {}},
    ...                 ["ours", "bridge"])
    >>> sorted(few.closure(["ours"])), sorted(few.closure(["ours"], auto=False))
    (['base', 'bridge', 'crm', 'ours', 'sms'], ['base', 'crm', 'ours'])
    """

    def __init__(self, manifests: dict[str, dict], ours: Iterable[str]):
        self._manifests = manifests
        self.ours = tuple(sorted(ours))

    def closure(self, asked: Iterable[str], *, auto: bool = True) -> frozenset[str]:
        """Return what is installed when some are asked for: what they need and, as Odoo does it, what adds itself."""
        there, wanted = set(), {*BARE, *asked}
        while wanted:
            there |= wanted
            wanted = {needed for name in there for needed in self._needed(name)} - there
            if auto and not wanted:
                wanted = {name for name in self._manifests.keys() - there if self._adds_itself(name, there)}
        return frozenset(there)

    def above(self, name: str) -> frozenset[str]:
        """Return the addons of the suite that cannot be there without one of them, itself included."""
        return frozenset(other for other in self.ours if name in self.closure([other], auto=False))

    def hosts(self, asked: Iterable[str], *, auto: bool = True) -> frozenset[str]:
        """Return the addons of Odoo that come along."""
        return self.closure(asked, auto=auto) - set(self.ours)

    def in_order(self) -> list[str]:
        """Return the suite such that each comes after what it needs."""
        return sorted(self.ours, key=lambda name: (len(self.closure([name], auto=False) & set(self.ours)), name))

    def _needed(self, name: str) -> list[str]:
        return [] if name == "base" else self._manifests[name].get("depends") or ["base"]

    def _adds_itself(self, name: str, there: set[str]) -> bool:
        """Tell whether Odoo adds an addon; those of single countries wait for a company there, and we have none."""
        manifest = self._manifests[name]
        auto = manifest.get("auto_install")
        if not auto or manifest.get("countries") or not all(needed in self._manifests for needed in self._needed(name)):
            return False
        return there.issuperset(self._needed(name) if auto is True else auto)


def chosen(
    names: Iterable[str], seed: int, count: int = SUBSETS, closure: Callable[[list[str]], frozenset[str]] = frozenset
) -> list[tuple[str, ...]]:
    """Return subsets by chance, no two of which install the same: the same for the same names and seed.

    Small and large ones are equally likely, which they were not if each name was taken or left.

    >>> chosen(["a", "b"], 7, 3)
    [('a', 'b'), ('a',), ('b',)]
    """
    names, dice = sorted(names), random.Random(seed)
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for _turn in range(count * TURNS):
        some = sorted(dice.sample(names, dice.randint(1, len(names))))
        found.setdefault(closure(some), tuple(some))
        if len(found) == count:
            return list(found.values())
    raise ValueError(f"{len(names)} addons have no {count} subsets that install different ones")


def cases(known: Manifests, seed: int, count: int = SUBSETS) -> list[Case]:
    """Return all cases, those that install the same merged into one."""
    ours = known.ours
    every = known.hosts(ours, auto=False)
    found = [_case(known, [name], f"{name} alone", auto=False) for name in ours]
    found += [_case(known, [name], f"{name} and what adds itself") for name in ours]
    found.append(_case(known, ours, "all"))
    for name in ours:
        # In two stages: the others do without it, and it leaves nothing behind where they stay.
        above = known.above(name)
        if others := tuple(other for other in ours if other not in above):
            found.append(Case((others, tuple(sorted(above))), every, False, (f"all but {name}",)))
    subsets = enumerate(chosen(ours, seed, count, known.closure), 1)
    found += [_case(known, names, f"by chance {number}") for number, names in subsets]
    found.append(Case(tuple((name,) for name in known.in_order()), every, False, ("one after another",)))
    lowest = known.in_order()[0]
    with_hosts = [
        _with_hosts(known, names, f"{says} with Odoo's own") for names, says in (([lowest], lowest), (ours, "all"))
    ]
    return _merged(known, found) + with_hosts


def _with_hosts(known: Manifests, asked: Iterable[str], says: str) -> Case:
    bare = known.closure(BARE)
    return Case((tuple(asked),), bare, True, (says,), tuple(sorted(known.hosts(asked) - bare)))


def _case(known: Manifests, asked: Iterable[str], says: str, *, auto: bool = True) -> Case:
    return Case((tuple(asked),), known.hosts(asked, auto=auto), auto, (says,))


def _merged(known: Manifests, found: list[Case]) -> list[Case]:
    merged: dict[tuple, Case] = {}
    for case in found:
        installed = tuple(known.closure(stage, auto=case.auto) | case.hosts for stage in case.stages)
        first = merged.setdefault(installed, case)
        if first is not case:
            merged[installed] = Case(first.stages, first.hosts, first.auto, (*first.says, *case.says))
    return list(merged.values())
