"""The next step of a lead that is offered to one agent at a time: a state machine without state of its own.

The order: agents who missed the lead and asked for another chance; the best agent who was not offered it yet; all
agents who missed it at once (*shark tank*); the users who take what nobody took (*catch-all*). A live offer is never
taken back. Each call returns one step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .ranking import MOST_AGENTS

Outcome = Literal["open", "accepted", "declined", "missed", "requeued", "recalled"]
Stage = Literal["offers", "shark_tank", "after_shark_tank", "catch_all"]
Reason = Literal[
    "accepted", "offered", "shark_tank", "catch_all", "nobody_qualifies", "nobody_available", "nobody_left"
]
# Limits how often an agent can delay a lead by missing it and asking again.
MOST_CHANCES: Final = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that was made.

    :param outcome: ``open``: the agent may still answer; ``requeued``: missed, and the agent asked for another chance;
        ``recalled``: a manager took it back, so it does not count
    """

    agent_id: int
    outcome: Outcome = "open"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of offers.

    :param most: the maximum number of agents per lead
    :param shark_minutes: duration of the shark tank; 0 for none
    :param has_catch_all: whether there are users who take what nobody took
    :param chances: how often an agent may ask for another chance at one lead
    """

    most: int = MOST_AGENTS
    shark_minutes: int = 0
    has_catch_all: bool = False
    chances: int = MOST_CHANCES


PLAIN: Final = Settings()


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer the lead to an agent."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class SharkTank:
    """Open the lead to all agents who missed it."""

    agent_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CatchAll:
    """Offer the lead to the users of the catch-all."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing now."""

    reason: Reason


Step = Offer | SharkTank | CatchAll | Wait


def next_step(
    ranked: Sequence[int],
    offers: Sequence[Offered] = (),
    available: Collection[int] | None = None,
    settings: Settings = PLAIN,
    *,
    stage: Stage = "offers",
) -> Step:
    """Return the next step of a lead.

    Agents who are not available now are skipped as long as there are others.

    :param ranked: the qualified agents, the best first
    :param offers: the offers so far, oldest first
    :param available: the agents who can take a lead now; None for all
    :param stage: whether the shark tank is open or over, or the catch-all has the lead

    >>> next_step([7, 8])
    Offer(agent_id=7)
    >>> next_step([7, 8], [Offered(7, "missed")])
    Offer(agent_id=8)
    >>> next_step([7, 8, 9], [Offered(7, "requeued"), Offered(8, "open")])
    Wait(reason='offered')
    >>> next_step([7, 8, 9], [Offered(7, "requeued"), Offered(8, "declined")])
    Offer(agent_id=7)
    >>> done = [Offered(7, "missed"), Offered(8, "declined")]
    >>> next_step([7, 8], done, settings=Settings(shark_minutes=30, has_catch_all=True))
    SharkTank(agent_ids=(7,))
    >>> next_step([7, 8], done, settings=Settings(shark_minutes=30, has_catch_all=True), stage="after_shark_tank")
    CatchAll()
    >>> next_step([7], [Offered(7, "declined")]), next_step([7], [Offered(7, "declined")] * 2)
    (Offer(agent_id=7), Wait(reason='nobody_left'))
    """
    offers = [offer for offer in offers if offer.outcome != "recalled"]
    if reason := _settled(offers, stage):
        return Wait(reason)
    candidates = _second_chances(offers, settings) + _fresh(ranked, offers, settings)
    if ready := _only_available(candidates, available):
        return Offer(ready[0])
    if stage == "offers" and settings.shark_minutes and (sharks := missed_by(offers)):
        return SharkTank(sharks)
    if settings.has_catch_all:
        return CatchAll()
    lone = _lone_decliner(ranked, offers)
    if _only_available(lone, available):
        return Offer(lone[0])
    if not ranked and not offers:
        return Wait("nobody_qualifies")
    return Wait("nobody_available" if candidates or lone else "nobody_left")


def missed_by(offers: Sequence[Offered]) -> tuple[int, ...]:
    """Return the agents who missed an offer of the lead and never declined it, in the order of their offers.

    >>> missed_by([Offered(7, "missed"), Offered(8, "declined"), Offered(9, "requeued"), Offered(9, "declined")])
    (7,)
    """
    declined = {offer.agent_id for offer in offers if offer.outcome == "declined"}
    missed = dict.fromkeys(offer.agent_id for offer in offers if offer.outcome in ("missed", "requeued"))
    return tuple(agent_id for agent_id in missed if agent_id not in declined)


def may_ask_again(agent_id: int, offers: Sequence[Offered], settings: Settings = PLAIN) -> bool:
    """Whether an agent may ask for another chance: the last offer was missed, and chances are left.

    >>> may_ask_again(7, [Offered(7, "missed")]), may_ask_again(7, [Offered(7, "requeued")])
    (True, False)
    >>> may_ask_again(7, [Offered(7, "requeued")] * 3 + [Offered(7, "missed")])
    False
    """
    own = [offer.outcome for offer in offers if offer.agent_id == agent_id and offer.outcome != "recalled"]
    return bool(own) and own[-1] == "missed" and own.count("requeued") < settings.chances


def _settled(offers: Sequence[Offered], stage: Stage) -> Reason | None:
    """Return why there is nothing to do: the lead is accepted, or an offer is open."""
    outcomes = {offer.outcome for offer in offers}
    if "accepted" in outcomes:
        return "accepted"
    if "open" in outcomes:
        return "offered"
    return stage if stage in ("shark_tank", "catch_all") else None


def _only_available(agent_ids: list[int], available: Collection[int] | None) -> list[int]:
    return agent_ids if available is None else [agent_id for agent_id in agent_ids if agent_id in available]


def _second_chances(offers: Sequence[Offered], settings: Settings) -> list[int]:
    """Return the agents who asked for another chance and have not had it, the longest waiting first."""
    last = {offer.agent_id: nr for nr, offer in enumerate(offers)}
    chances: dict[int, int] = {}
    for offer in offers:
        chances[offer.agent_id] = chances.get(offer.agent_id, 0) + (offer.outcome == "requeued")
    return [
        agent_id
        for agent_id, nr in sorted(last.items(), key=lambda item: item[1])
        if offers[nr].outcome == "requeued" and chances[agent_id] <= settings.chances
    ]


def _fresh(ranked: Sequence[int], offers: Sequence[Offered], settings: Settings) -> list[int]:
    """Return the agents who were not offered the lead yet, the best first; none once the maximum is reached."""
    asked = {offer.agent_id for offer in offers}
    return [agent_id for agent_id in ranked if agent_id not in asked] if len(asked) < settings.most else []


def _lone_decliner(ranked: Sequence[int], offers: Sequence[Offered]) -> list[int]:
    """Return the only qualified agent if they declined once: they are asked again, so that the lead is not lost."""
    own = [offer.outcome for offer in offers if offer.agent_id in ranked]
    return list(ranked) if len(ranked) == 1 and own == ["declined"] else []
