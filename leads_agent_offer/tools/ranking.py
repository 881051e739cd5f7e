"""Rank the agents for a lead: hard rules first, then a score. Every decision can be explained.

Scores are counted in whole thousandths. So agents with the same tags and weights have equal scores, regardless of the
order of addition, and the longest unserved goes first; with fractions, rounding would decide.

A lead with tags goes to agents who hold one of them. If nobody on the roster does, the lead is treated as one without
tags, unless one of its tags is exclusive or required: a tag that no agent has must not keep a lead from everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final, Literal

from .tag_matching import Hit

Status = Literal["selected", "available", "unavailable"]

UNIT: Final = 1_000
FULL_PERFORMANCE: Final = 100
DEFAULT_WEIGHT: Final = 50
MOST_AGENTS: Final = 8
# The hard rules, in the order in which the audit shows them.
RULES: Final = ("available", "required", "exclusive", "tagged")


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent who may be offered leads.

    :param weights: ``{tag: weight}`` of the tags the agent holds
    :param pecking: added to every score; may be negative
    :param pecking_if: ``{tag: number}``, also added if the lead has the tag
    :param performance: 1 to 100
    :param last_served: when the agent last got a lead; lower is longer ago; 0 for never
    :param barred: why the agent cannot take a lead now; empty if there is no reason
    :param room: how many more leads the agent may take; None for no limit
    :param name: the current name of the agent, for the audit
    """

    id: int
    weights: Mapping[int, int] = field(default_factory=dict)
    pecking: int = 0
    pecking_if: Mapping[int, int] = field(default_factory=dict)
    performance: int = FULL_PERFORMANCE
    last_served: float = 0.0
    barred: tuple[str, ...] = ()
    room: int | None = None
    name: str = ""

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Return why the agent cannot take a lead now, including ``cap`` when there is no room.

        >>> Agent(1, barred=("leave",), room=0).obstacles, Agent(1, room=3).obstacles
        (('leave', 'cap'), ())
        """
        is_full = self.room is not None and self.room <= 0 and "cap" not in self.barred
        return (*self.barred, "cap") if is_full else self.barred


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the ranking.

    :param untagged_to_all: whether a lead without tags may go to all agents; else it goes to none
    :param performance_weight: subtracted from the score per performance point below 100
    """

    untagged_to_all: bool = True
    performance_weight: float = 1.0


PLAIN: Final = Settings()


def packed(agents: Iterable[Agent]) -> list[list]:
    """Return agents as they are stored in JSON, where keys are strings.

    >>> crew = [Agent(7, {1: 50}, 2, {1: 3}, 90, 4.0, ("leave",), 5, "Ada"), Agent(8)]
    >>> unpacked(packed(crew)) == crew
    True
    """
    return [
        [
            agent.id,
            list(map(list, agent.weights.items())),
            agent.pecking,
            list(map(list, agent.pecking_if.items())),
            agent.performance,
            agent.last_served,
            list(agent.barred),
            agent.room,
            agent.name,
        ]
        for agent in agents
    ]


def unpacked(rows: Iterable[Sequence]) -> list[Agent]:
    """Return the agents packed by :func:`packed`."""
    return [
        Agent(nr, dict(weights), pecking, dict(pecking_if), performance, last_served, tuple(barred), room, name)
        for nr, weights, pecking, pecking_if, performance, last_served, barred, room, name in rows
    ]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one agent; a line of the audit.

    :param rules: ``(code, passed)`` in the order of :data:`RULES`
    :param tag_score: sum of weights times factors of the common tags
    :param pecking: points of the pecking order, including those by tag
    :param performance: points for performance, 0 or negative
    :param place: rank among the qualified agents, from 1; None if not qualified
    :param barred: why the rule ``available`` failed
    :param name: the name of the agent at that time
    """

    agent_id: int
    status: Status
    rules: tuple[tuple[str, bool], ...]
    tag_score: float
    pecking: int
    performance: float
    score: float
    place: int | None
    barred: tuple[str, ...] = ()
    name: str = ""


def judge(
    agents: Sequence[Agent], hits: Mapping[int, Hit], needs: Mapping[int, str], settings: Settings = PLAIN
) -> list[Verdict]:
    """Return a verdict on every agent: qualified agents first, the best first.

    :param hits: the tags of the lead
    :param needs: ``{tag: need}``; a missing tag is preferential

    >>> hits = {tag: Hit(tag, 1.0, "body", "") for tag in (1, 2)}
    >>> crew = [Agent(7, {1: 10}), Agent(8, {2: 90}), Agent(9, {1: 10, 2: 90}), Agent(6, {3: 50})]
    >>> [(verdict.agent_id, verdict.score, verdict.status) for verdict in judge(crew, hits, {})]
    [(9, 100.0, 'selected'), (8, 90.0, 'available'), (7, 10.0, 'available'), (6, 0.0, 'unavailable')]
    >>> [verdict.agent_id for verdict in judge(crew, hits, {1: "required"}) if verdict.place]
    [9, 7]
    >>> judge(crew, hits, {})[-1].rules
    (('available', True), ('required', True), ('exclusive', True), ('tagged', False))
    >>> [verdict.place for verdict in judge(crew, {5: Hit(5, 1.0, "body", "")}, {})]
    [1, 2, 3, 4]
    >>> [verdict.place for verdict in judge(crew, {5: Hit(5, 1.0, "body", "")}, {5: "exclusive"})]
    [None, None, None, None]
    """
    requirements = _Requirements(hits, needs)
    is_open = (
        settings.untagged_to_all and requirements.is_loose and not any(hits.keys() & agent.weights for agent in agents)
    )
    found = []
    for agent in agents:
        held = agent.weights.keys()
        obstacles = agent.obstacles
        passed = (
            not obstacles,
            requirements.required <= held,
            not requirements.exclusive or not requirements.exclusive.isdisjoint(held),
            is_open or not hits.keys().isdisjoint(held),
        )
        tag_score = sum(agent.weights[tag] * units for tag, units in requirements.units.items() if tag in held)
        pecking = agent.pecking + sum(number for tag, number in agent.pecking_if.items() if tag in hits)
        performance = _performance(agent, settings)
        score = tag_score + pecking * UNIT + performance
        verdict = (tuple(zip(RULES, passed, strict=True)), tag_score / UNIT, pecking, performance / UNIT, score / UNIT)
        found.append(((not all(passed), -score, agent.last_served, agent.id), verdict, (obstacles, agent.name)))
    found.sort(key=lambda row: row[0])
    return [
        Verdict(key[-1], _status(place, is_out=key[0]), *verdict, None if key[0] else place, *about)
        for place, (key, verdict, about) in enumerate(found, 1)
    ]


class Roster:
    """Agents prepared for many leads: the cost of a lead depends only on the agents who hold its tags.

    Returns the same as :func:`judge`, for qualified agents only, and counts the leads reported to :meth:`served`.

    >>> hits = {1: Hit(1, 1.0, "body", "")}
    >>> roster = Roster([Agent(7, {1: 50}, room=1), Agent(8, {1: 40}), Agent(9)])
    >>> roster.ranked(hits, {}), roster.first(hits, {})
    ([7, 8], 7)
    >>> roster.served(7, at=12.0)
    >>> roster.first(hits, {})
    8
    >>> roster.freed(7)
    >>> roster.first(hits, {})
    7
    """

    __slots__ = ("_agents", "_base", "_held", "_holders", "_last", "_pecking_if", "_room", "_settings")

    def __init__(self, agents: Iterable[Agent], settings: Settings = PLAIN):
        self._settings = settings
        self._agents = {agent.id: agent for agent in agents}
        self._last = {agent.id: agent.last_served for agent in self._agents.values()}
        self._room = {agent.id: agent.room for agent in self._agents.values()}
        # All tags of the roster, also those of unavailable agents: their leads go to nobody else.
        self._held = {tag for agent in self._agents.values() for tag in agent.weights}
        self._pecking_if: dict[int, dict[int, int]] = {}
        for agent in self._agents.values():
            for tag, number in agent.pecking_if.items():
                self._pecking_if.setdefault(tag, {})[agent.id] = number * UNIT
        # Only agents who can take a lead now.
        self._base: dict[int, int] = {}
        self._holders: dict[int, dict[int, int]] = {tag: {} for tag in self._held}
        for agent in self._agents.values():
            if not agent.obstacles:
                self._open(agent)

    def _open(self, agent: Agent) -> None:
        self._base[agent.id] = agent.pecking * UNIT + _performance(agent, self._settings)
        for tag, weight in agent.weights.items():
            self._holders[tag][agent.id] = weight

    def _close(self, agent: Agent) -> None:
        if self._base.pop(agent.id, None) is not None:
            for tag in agent.weights:
                del self._holders[tag][agent.id]

    def served(self, agent_id: int, at: float) -> None:
        """Record that an agent got a lead."""
        self._last[agent_id] = at
        room = self._room[agent_id]
        if room is not None:
            self._room[agent_id] = room - 1
            if room <= 1:
                self._close(self._agents[agent_id])

    def freed(self, agent_id: int) -> None:
        """Return the room of one lead to an agent."""
        room = self._room[agent_id]
        if room is not None:
            self._room[agent_id] = room + 1
            if room == 0 and not self._agents[agent_id].barred:
                self._open(self._agents[agent_id])

    def first(self, hits: Mapping[int, Hit], needs: Mapping[int, str]) -> int | None:
        """Return the agent who is offered a lead first; None if nobody qualifies."""
        scores = self.scores(hits, needs)
        if not scores:
            return None
        best = max(scores.values())
        last = self._last
        return min((last[agent_id], agent_id) for agent_id, score in scores.items() if score == best)[1]

    def ranked(self, hits: Mapping[int, Hit], needs: Mapping[int, str], most: int = MOST_AGENTS) -> list[int]:
        """Return the agents who are offered a lead, the best first."""
        scores, last = self.scores(hits, needs), self._last
        return [key[-1] for key in nsmallest(most, ((-score, last[agent], agent) for agent, score in scores.items()))]

    def scores(self, hits: Mapping[int, Hit], needs: Mapping[int, str]) -> dict[int, int]:
        """Return the scores of the qualified agents, in thousandths."""
        requirements = _Requirements(hits, needs)
        base = self._base
        if self._held.isdisjoint(hits):
            scores = base.copy() if self._settings.untagged_to_all and requirements.is_loose else {}
        else:
            scores = self._tag_scores(requirements)
            for agent_id in scores:
                scores[agent_id] += base[agent_id]
        if self._pecking_if:
            for tag in hits:
                for agent_id, number in self._pecking_if.get(tag, {}).items():
                    if agent_id in scores:
                        scores[agent_id] += number
        return scores

    def _tag_scores(self, requirements: "_Requirements") -> dict[int, int]:
        scores: dict[int, int] = {}
        holders, nobody = self._holders, {}
        for tag, units in requirements.units.items():
            for agent_id, weight in holders.get(tag, nobody).items():
                if agent_id in scores:
                    scores[agent_id] += weight * units
                else:
                    scores[agent_id] = weight * units
        if requirements.is_loose:
            return scores
        able = scores.keys()
        for tag in requirements.required:
            able = able & holders.get(tag, nobody).keys()
        if requirements.exclusive:
            able = able & {agent_id for tag in requirements.exclusive for agent_id in holders.get(tag, nobody)}
        return {agent_id: scores[agent_id] for agent_id in able}


class _Requirements:
    """The tags of a lead, by requirement."""

    __slots__ = ("exclusive", "required", "units")

    def __init__(self, hits: Mapping[int, Hit], needs: Mapping[int, str]):
        self.units = {tag: round(hit.factor * UNIT) for tag, hit in hits.items()}
        self.required = {tag for tag in hits if needs.get(tag) == "required"} if needs else frozenset()
        self.exclusive = {tag for tag in hits if needs.get(tag) == "exclusive"} if needs else frozenset()

    @property
    def is_loose(self) -> bool:
        return not self.required and not self.exclusive


def _performance(agent: Agent, settings: Settings) -> int:
    return round(settings.performance_weight * (agent.performance - FULL_PERFORMANCE) * UNIT)


def _status(place: int, *, is_out: bool) -> Status:
    if is_out:
        return "unavailable"
    return "selected" if place == 1 else "available"
