"""Which agent gets which lead: fair distribution, without the database.

Leads are units of work, and agents have shares. Each agent has a place in virtual time: the start of the agent's next
lead (``place``), relative to the position of the whole pool (0). A lead goes to the agent whose next lead must end
first (``place + 1 / weight``), among those whose next lead may have begun (``place <= 0``): the earliest eligible
virtual deadline first of Stoica and Abdel-Wahab (1995). Therefore,

- with equal weights, the agent served longest ago is next: agents who are always available differ by at most one
  lead, however often others come and go;
- with weights, each agent stays within one lead of the ideal share;
- an agent who is away keeps their place relative to the pool: the time away is neither made up for nor held against
  them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import lcm
from typing import Final, Literal

Method = Literal["equal", "weight", "least"]
# The labels of the methods; the ORM translates them.
METHODS: Final = [
    ("equal", "Equal shares"),
    ("weight", "Shares by weight"),
    ("least", "The agent with the fewest open leads"),
]
# Virtual time is counted in whole ticks. One lead of an agent with weight 1 takes this many: a multiple of every
# weight up to 100. So equal places are exactly equal and the longest unserved goes first; fractions would be decided by
# rounding.
LEAD: Final = lcm(*range(1, 101))


@dataclass(frozen=True, slots=True)
class Turn:
    """The state of an agent that is kept between two runs.

    :param place: the start of the agent's next lead in virtual time, relative to the pool; in ticks
    :param served: number of the lead in the pool that the agent got last; 0: none yet
    :param present: whether the agent took part in the last run
    """

    place: int = 0
    served: int = 0
    present: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent who receives leads.

    :param weight: the weight of the agent's share, 1 to 100
    :param open_leads: how many leads the agent already has
    :param room: how many more leads the agent may take; None: unlimited
    """

    id: int
    weight: int = 1
    open_leads: int = 0
    room: int | None = None
    lang: str = ""
    country_id: int = 0
    company_ids: frozenset[int] = frozenset()

    def answers(self, lead: "Lead", wish: str) -> bool:
        """Whether the agent is preferred for a lead.

        >>> Agent(7, lang="fr_FR").answers(Lead(1, lang="fr_FR"), "lang")
        True
        """
        match wish:
            case "previous":
                return self.id == lead.previous_agent_id
            case "lang":
                return bool(lead.lang) and self.lang == lead.lang
        return bool(lead.country_id) and self.country_id == lead.country_id

    def may_have(self, lead: "Lead") -> bool:
        """Whether the agent works in the company of the lead."""
        return not lead.company_id or lead.company_id in self.company_ids


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead to be distributed, and the facts that the preferences use.

    :param company_id: the only company that the customer belongs to; 0: all
    :param holder_id: the agent who holds the lead now, and may keep it; 0: unassigned
    """

    id: int
    previous_agent_id: int = 0
    lang: str = ""
    country_id: int = 0
    company_id: int = 0
    holder_id: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How leads are distributed.

    :param prefer: names of preferences, the most important first
    :param weights: ``{agent_id: weight}``; None: the agents' own
    :param turns: the turns stored by the last run
    """

    method: Method
    prefer: Sequence[str] = ()
    weights: Mapping[int, int] | None = None
    turns: Mapping[int, Turn] | None = None


@dataclass(slots=True)
class Plan:
    """Which agent gets which lead.

    :param shares: ``{lead: (agent, cause)}``; the cause is ``turn``, ``least``, ``previous``, ``lang`` or ``country``
    :param left: leads that no agent has room for
    :param turns: the turns of the pool to store for the next run
    """

    shares: dict[int, tuple[int, str]] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    turns: dict[int, Turn] = field(default_factory=dict)


def distribute(
    leads: Iterable[Lead],
    agents: Sequence[Agent],
    *,
    method: Method = "equal",
    prefer: Sequence[str] = (),
    turns: Mapping[int, Turn] | None = None,
) -> Plan:
    """Distribute leads among agents; one call with many leads gives the same result as many calls with few.

    :param method: equal shares, shares by weight, or to the agent with the fewest leads
    :param prefer: of ``previous``, ``lang`` and ``country``, the most important first
    :param turns: the turns stored by the last run

    >>> plan = distribute([Lead(1), Lead(2), Lead(3)], [Agent(7, room=1), Agent(8)])
    >>> plan.shares
    {1: (7, 'turn'), 2: (8, 'turn'), 3: (8, 'turn')}
    >>> distribute([Lead(4)], [Agent(7), Agent(8)], turns=plan.turns).shares
    {4: (8, 'turn')}
    >>> distribute([Lead(1, previous_agent_id=8)], [Agent(7), Agent(8)], prefer=["previous"]).shares
    {1: (8, 'previous')}
    >>> distribute([Lead(1), Lead(2)], [Agent(7, open_leads=5), Agent(8, open_leads=4)], method="least").shares
    {1: (8, 'least'), 2: (7, 'least')}
    >>> plan = distribute(map(Lead, range(6)), [Agent(7, 2), Agent(8)], method="weight")
    >>> [agent for agent, _cause in plan.shares.values()]
    [7, 8, 7, 7, 8, 7]
    >>> distribute([Lead(1)], [Agent(7, room=0)]).left
    [1]

    An agent who keeps a lead needs no room for it, and does not have one more:

    >>> distribute([Lead(1, holder_id=7), Lead(2)], [Agent(7, room=1), Agent(8, room=0)]).shares
    {1: (7, 'turn'), 2: (7, 'turn')}
    >>> held = [Lead(nr, holder_id=7) for nr in range(4)]
    >>> plan = distribute(held, [Agent(7, open_leads=4), Agent(8)], method="least")
    >>> [agent for agent, _cause in plan.shares.values()]
    [8, 8, 7, 7]

    A customer of one company goes to an agent of that company:

    >>> distribute([Lead(1, company_id=3)], [Agent(7), Agent(8, company_ids=frozenset({3}))]).shares
    {1: (8, 'turn')}
    """
    pool = _Pool(agents, method, turns or {})
    plan = Plan()
    for lead in leads:
        pool.count_open(lead.holder_id, -1)
        agent, cause = pool.choose(lead, prefer)
        if agent is None:
            pool.count_open(lead.holder_id, 1)
            plan.left.append(lead.id)
        else:
            pool.serve(agent, lead)
            plan.shares[lead.id] = agent.id, cause
    plan.turns = pool.turns()
    return plan


def follow(
    given: Iterable[int],
    agents: Sequence[Agent],
    *,
    method: Method = "equal",
    turns: Mapping[int, Turn] | None = None,
) -> dict[int, Turn]:
    """Return the turns after leads were assigned by an earlier plan, in its order.

    >>> turns = follow([7, 7], [Agent(7), Agent(8)])
    >>> distribute([Lead(1), Lead(2)], [Agent(7), Agent(8)], turns=turns).shares
    {1: (8, 'turn'), 2: (8, 'turn')}
    """
    pool = _Pool([replace(agent, room=None) for agent in agents], method, turns or {})
    for agent_id in given:
        pool.serve(pool.members[agent_id].agent)
    return pool.turns()


def stored(turns: Mapping[int, Turn]) -> dict[int, tuple[int, int, bool]]:
    """Convert turns to their JSON form.

    >>> stored({7: Turn(LEAD, 4, True)}) == {7: (LEAD, 4, True)}
    True
    """
    return {agent_id: (turn.place, turn.served, turn.present) for agent_id, turn in turns.items()}


def restored(kept: Mapping[str, Sequence] | None) -> dict[int, Turn]:
    """Convert turns from their JSON form.

    >>> restored({"7": [0, 4, True]})
    {7: Turn(place=0, served=4, present=True)}
    >>> restored(None)
    {}
    """
    return {int(agent_id): Turn(*row) for agent_id, row in (kept or {}).items()}


def take_back(turns: Mapping[int, Turn], missed: Mapping[int, int], weights: Mapping[int, int]) -> dict[int, Turn]:
    """Correct the turns for leads that were planned and not assigned, or assigned and taken back.

    >>> take_back({7: Turn(LEAD, 4, True)}, {7: 2}, {7: 2})
    {7: Turn(place=0, served=4, present=True)}
    """
    return {
        agent_id: Turn(
            turn.place - missed.get(agent_id, 0) * _step(weights.get(agent_id, 1)), turn.served, turn.present
        )
        for agent_id, turn in turns.items()
    }


def _step(weight: int) -> int:
    """Return how far one lead moves an agent of this weight, in ticks."""
    return LEAD // weight


class _Agent:
    """The state of an agent during a run."""

    __slots__ = ("agent", "given", "id", "key", "open", "place", "served", "weight")

    def __init__(self, agent: Agent, weight: int, turn: Turn):
        self.agent, self.id, self.weight = agent, agent.id, weight
        self.place, self.served, self.given, self.open = turn.place, turn.served, 0, agent.open_leads
        self.key: tuple = ()

    @property
    def is_full(self) -> bool:
        return self.agent.room is not None and self.given >= self.agent.room


class _Pool:
    """All agents who receive leads in a run, in sorted queues.

    An entry of a queue is outdated when it differs from the agent's current key; outdated entries are dropped when they
    reach the front.
    """

    def __init__(self, agents: Sequence[Agent], method: Method, turns: Mapping[int, Turn]):
        self.method, self.before = method, turns
        self.members = {
            agent.id: _Agent(agent, agent.weight if method == "weight" else 1, turns.get(agent.id, Turn()))
            for agent in agents
        }
        self.count = max((turn.served for turn in turns.values()), default=0)
        self._place_newcomers()
        self.here = {member.id: member for member in self.members.values() if not member.is_full}
        self.left_at: dict[int, int] = {member.id: member.place for member in self.members.values() if member.is_full}
        self.weight = sum(member.weight for member in self.here.values())
        self.work = sum(member.weight * member.place for member in self.here.values())
        self.waiting: list[tuple] = []
        self.ready: list[tuple] = []
        self.groups: dict[tuple[str, object], list[tuple]] = {}
        for member in self.here.values():
            self._queue(member)

    @property
    def clock(self) -> int:
        """The position of the pool: the mean place of the agents present, by weight."""
        return self.work // self.weight if self.weight else 0

    def _place_newcomers(self) -> None:
        """Place agents who are new or back within one lead of each of the others."""
        able = [member for member in self.members.values() if not member.is_full]
        placed = [member for member in able if self._was_here(member)]
        for member in able:
            if self._was_here(member):
                continue
            if placed:
                # At most one lead of the agent with the smaller weight apart.
                steps = [(other.place, _step(min(other.weight, member.weight))) for other in placed]
                earliest, latest = (
                    max(place - step for place, step in steps),
                    min(place + step for place, step in steps),
                )
                member.place = min(max(member.place, earliest), max(latest, earliest))
            placed.append(member)

    def _was_here(self, member: _Agent) -> bool:
        return member.id in self.before and self.before[member.id].present

    def _queue(self, member: _Agent) -> None:
        if self.method == "least":
            member.key = (member.open, member.served, member.id)
            heappush(self.ready, member.key)
        else:
            member.key = (member.place + _step(member.weight), member.served, member.id)
            heappush(self.waiting, (member.place, member.key))
        for group in (("lang", member.agent.lang), ("country", member.agent.country_id)):
            if group[1]:
                heappush(self.groups.setdefault(group, []), member.key)

    def choose(self, lead: Lead, prefer: Sequence[str]) -> tuple[Agent | None, str]:
        """Choose the agent of a lead, and return the cause."""
        able = None
        if lead.company_id:
            able = [member for member in self.here.values() if member.agent.may_have(lead)]
            able = None if len(able) == len(self.here) else able
        for wish in prefer:
            if member := self._wished(lead, wish) if able is None else self._earliest(able, lead, wish):
                return member.agent, wish
        member = self._next() if able is None else self._earliest(able, lead)
        return (member.agent if member else None), ("least" if self.method == "least" else "turn")

    def _earliest(self, able: list[_Agent], lead: Lead, wish: str = "") -> _Agent | None:
        """Choose among some agents one by one, when not all of them may have the lead."""
        if wish:
            able = [member for member in able if member.agent.answers(lead, wish)]
        elif self.method != "least":
            able = [member for member in able if member.place * self.weight <= self.work] or able
        return min(able, key=lambda member: member.key, default=None)

    def _wished(self, lead: Lead, wish: str) -> _Agent | None:
        match wish:
            case "previous":
                return self.here.get(lead.previous_agent_id)
            case "lang":
                return self._first(self.groups.get(("lang", lead.lang), []))
        return self._first(self.groups.get(("country", lead.country_id), []))

    def _next(self) -> _Agent | None:
        if not self.here:
            return None
        while self.waiting and self.waiting[0][0] * self.weight <= self.work:
            _place, key = heappop(self.waiting)
            if self._is_current(key):
                heappush(self.ready, key)
        return self._first(self.ready)

    def _first(self, queue: list[tuple]) -> _Agent | None:
        while queue and not self._is_current(queue[0]):
            heappop(queue)
        return self.here[queue[0][-1]] if queue else None

    def _is_current(self, key: tuple) -> bool:
        member = self.here.get(key[-1])
        return member is not None and member.key == key

    def count_open(self, agent_id: int, more: int) -> None:
        """Change the number of an agent's open leads."""
        if member := self.members.get(agent_id):
            member.open += more
            if self.method == "least" and agent_id in self.here:
                self._queue(member)

    def serve(self, agent: Agent, lead: Lead | None = None) -> None:
        """Assign one lead to an agent."""
        member = self.members[agent.id]
        self.count += 1
        member.open += 1
        member.given += not lead or lead.holder_id != agent.id
        member.served = self.count
        if self.method != "least":
            member.place += _step(member.weight)
            self.work += LEAD
        if member.is_full:
            self.left_at[member.id] = member.place - self.clock
            del self.here[member.id]
            self.weight -= member.weight
            self.work -= member.weight * member.place
        else:
            self._queue(member)

    def turns(self) -> dict[int, Turn]:
        """Return the turns to store: places relative to the pool's position; agents who are away keep theirs."""
        clock = self.clock
        kept = {agent_id: Turn(turn.place, turn.served) for agent_id, turn in self.before.items()}
        for member in self.members.values():
            place = self.left_at.get(member.id, member.place - clock)
            kept[member.id] = Turn(place, member.served, member.id in self.here)
        return kept
