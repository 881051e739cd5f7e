"""How many leads an agent may take: the arithmetic, without the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from odoo.addons.leads_agent.tools.eligibility import Cause, Verdict

# The maximum weight of an agent.
MOST_WEIGHT: Final = 100


@dataclass(frozen=True, slots=True)
class Load:
    """The load of an agent, and its caps; None: no cap.

    :param open_leads: active assignments
    :param today: leads assigned to the agent since midnight in the agent's time zone, including ended ones
    """

    open_leads: int = 0
    today: int = 0
    most_open: int | None = None
    most_today: int | None = None

    @property
    def room(self) -> int | None:
        """How many more leads the agent may take now; None: unlimited.

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
        """The cap that keeps the agent from another lead, if any.

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
        """Return the load including one more lead.

        >>> Load(1, 2).with_one_more()
        Load(open_leads=2, today=3, most_open=None, most_today=None)
        """
        return replace(self, open_leads=self.open_leads + 1, today=self.today + 1)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which caps apply.

    :param open_leads: whether the cap of open leads applies
    :param today: whether the cap of new leads a day applies
    """

    open_leads: bool = True
    today: bool = True


EVERYTHING: Final = Policy()
NOTHING: Final = Policy(open_leads=False, today=False)


def policy(source: str, *, unconditional: bool = False, reassign: bool = False) -> Policy:
    """Return which caps apply to a source of assignments.

    A reopened lead does not count as a new lead of the day. A customer who contacts the agent (order entry) is never
    refused.

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
    """Return the smallest of the caps, where 0 means no cap.

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
    """Change ``assigned`` verdicts to ``capped`` where a cap is reached; the first in ``order`` get the remaining room.

    :param agent_of: the requested agent of each customer
    :param loads: loads of the agents that have a cap
    :param order: customers in the order in which they were requested

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
