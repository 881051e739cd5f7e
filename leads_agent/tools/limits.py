"""How many leads an agent may take, and which leads nobody may be given now: the arithmetic, without the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .eligibility import Cause, Verdict

# The most that a cap, and a number of days, may be set to; 0 means that there is none.
MOST_LEADS: Final = 100_000
MOST_DAYS: Final = 3_650
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
    """Which limits hold at a door.

    :param open_leads: the cap of open leads
    :param today: the cap of new leads a day
    :param door: which of the reasons not to give a customer to anybody hold, as in ``res.partner._refusals``
    """

    open_leads: bool = True
    today: bool = True
    door: str = "share"


EVERYTHING: Final = Policy()
NOTHING: Final = Policy(open_leads=False, today=False, door="")


def policy(source: str, *, unconditional: bool = False, reassign: bool = False) -> Policy:
    """Say which limits hold at a door.

    Somebody who picks a customer by hand (assign, reassign, reopen) has read what the customer's last call came to, so
    cooling-off is for the other doors. A reopened lead is no new one of the day. A customer who turns to the agent
    (order entry) is never refused.

    >>> policy("batch")
    Policy(open_leads=True, today=True, door='share')
    >>> policy("manual")
    Policy(open_leads=True, today=True, door='give')
    >>> policy("manual", unconditional=True)
    Policy(open_leads=True, today=False, door='give')
    >>> policy("manual", unconditional=True, reassign=True).today
    True
    >>> policy("order_entry", unconditional=True) == NOTHING
    True
    """
    if source == "order_entry":
        return NOTHING
    if source == "manual":
        return Policy(today=reassign or not unconditional, door="give")
    return Policy()


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
    refused: Mapping[int, Cause],
    loads: Mapping[int, Load],
    order: Iterable[int] = (),
) -> dict[int, Verdict]:
    """Take back verdicts that say ``assigned`` where a limit stands against it.

    Who is refused takes no place; of the others, the first in ``order`` get what room there is.

    :param agent_of: the agent each customer is meant for
    :param refused: why customers may not be given to anybody now
    :param loads: of agents who have a cap
    :param order: customers in the order in which they were asked for

    >>> yes = Verdict("assigned", "assigned")
    >>> full = limit({1: yes, 2: yes, 3: yes}, {1: 9, 2: 9, 3: 9}, {1: Cause("blacklisted")}, {9: Load(0, 0, 1)}, [3])
    >>> [(full[nr].result, getattr(full[nr].cause, "kind", "")) for nr in (1, 2, 3)]
    [('blocked', 'blacklisted'), ('capped', 'full'), ('assigned', '')]
    >>> limit({1: Verdict("held", "held")}, {1: 9}, {1: Cause("blacklisted")}, {})[1].result
    'held'
    """
    limited, loads = dict(verdicts), dict(loads)
    for lead_id in dict.fromkeys([*order, *verdicts]):
        verdict = verdicts.get(lead_id)
        if not verdict or verdict.result != "assigned":
            continue
        agent_id = agent_of[lead_id]
        load = loads.get(agent_id)
        if lead_id in refused:
            limited[lead_id] = Verdict("blocked", refused[lead_id])
        elif load and (cause := load.full):
            limited[lead_id] = Verdict("capped", cause)
        elif load:
            loads[agent_id] = load.with_one_more()
    return limited
