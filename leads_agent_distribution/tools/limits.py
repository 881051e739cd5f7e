"""How many leads an agent may take: the arithmetic, without the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from odoo.addons.leads_agent.tools.eligibility import Cause, Verdict

# The most that the weight of an agent may be set to.
MOST_WEIGHT: Final = 100


@dataclass(frozen=True, slots=True)
class Load:
    """What an agent has, and the most that the agent may have; None: no cap.

    :param open_leads: active assignments
    :param today: leads given to the agent since midnight in the agent's time zone, ended ones included
    """

    open_leads: int = 0
    today: int = 0
    most_open: int | None = None
    most_today: int | None = None

    @property
    def room(self) -> int | None:
        """How many more leads the agent may take now; None: any number.

        >>> Load(38, 5, most_open=40, most_today=10).room
        2
        >>> Load(38, 9, most_open=40, most_today=10).room
        1
        >>> Load(50, most_open=40).room
        0
        >>> Load(50, 50).room is None
        True
        """
        rooms = [
            most - has
            for most, has in ((self.most_open, self.open_leads), (self.most_today, self.today))
            if most is not None
        ]
        return max(0, min(rooms)) if rooms else None

    @property
    def full(self) -> Cause | None:
        """Which cap keeps the agent from the next lead.

        >>> Load(40, 40, most_open=40, most_today=40).full.kind
        'full'
        >>> Load(5, 10, most_open=40, most_today=10).full
        Cause(kind='full_today', most=10, until=None, name='')
        >>> Load(5, 5).full is None
        True
        """
        if self.most_open is not None and self.open_leads >= self.most_open:
            return Cause("full", self.most_open)
        if self.most_today is not None and self.today >= self.most_today:
            return Cause("full_today", self.most_today)
        return None

    def with_one_more(self) -> "Load":
        """The load after one lead.

        >>> Load(1, 2).with_one_more()
        Load(open_leads=2, today=3, most_open=None, most_today=None)
        """
        return replace(self, open_leads=self.open_leads + 1, today=self.today + 1)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which caps hold at a door.

    :param open_leads: the cap of open leads
    :param today: the cap of new leads a day
    """

    open_leads: bool = True
    today: bool = True


EVERYTHING: Final = Policy()
NOTHING: Final = Policy(open_leads=False, today=False)


def policy(source: str, *, unconditional: bool = False, reassign: bool = False) -> Policy:
    """Say which caps hold at a door.

    A reopened lead is no new one of the day. A customer who turns to the agent (order entry) is never refused.

    >>> policy("batch")
    Policy(open_leads=True, today=True)
    >>> policy("manual", unconditional=True)
    Policy(open_leads=True, today=False)
    >>> policy("manual", unconditional=True, reassign=True).today
    True
    >>> policy("order_entry", unconditional=True) == NOTHING
    True
    """
    if source == "order_entry":
        return NOTHING
    return Policy(today=source != "manual" or reassign or not unconditional)


def stricter(caps: Iterable[int]) -> int | None:
    """The smallest of the caps, where 0 is none.

    >>> stricter([0, 40, 30])
    30
    >>> stricter([0, 0]) is None
    True
    """
    return min((cap for cap in caps if cap > 0), default=None)


def limit(
    verdicts: Mapping[int, Verdict],
    agent_of: Mapping[int, int],
    loads: Mapping[int, Load],
    order: Iterable[int] = (),
) -> dict[int, Verdict]:
    """Take back verdicts that say ``assigned`` where a cap stands against it; the first in ``order`` get what room is.

    :param agent_of: the agent each customer is meant for
    :param loads: of agents who have a cap
    :param order: customers in the order in which they were asked for

    >>> yes = Verdict("assigned", "assigned")
    >>> full = limit({1: Verdict("held", "held"), 2: yes, 3: yes}, {1: 9, 2: 9, 3: 9}, {9: Load(0, 0, 1)}, [3])
    >>> [(full[nr].result, getattr(full[nr].cause, "kind", "")) for nr in (1, 2, 3)]
    [('held', ''), ('capped', 'full'), ('assigned', '')]
    """
    limited, loads = dict(verdicts), dict(loads)
    for lead_id in dict.fromkeys([*order, *verdicts]):
        verdict = verdicts.get(lead_id)
        load = loads.get(agent_of.get(lead_id, 0))
        if not load or not verdict or verdict.result != "assigned":
            continue
        if cause := load.full:
            limited[lead_id] = Verdict("capped", cause)
        else:
            loads[agent_of[lead_id]] = load.with_one_more()
    return limited
