"""What happens next to a lead that is offered to one agent at a time: a state machine without state of its own.

The order is: agents who missed the lead and asked for another chance; the best agent who was not offered it yet; those
who missed it, all at once (*shark tank*); the users who take what nobody took (*catch-all*). Nothing is taken from
whoever holds the offer. Each call says one step, whatever came before.
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
# Nobody may keep a lead from the others for ever by missing it and asking again.
MOST_CHANCES: Final = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that was made.

    :param outcome: ``open``: the agent may still answer; ``requeued``: missed, and the agent asked for another chance;
        ``recalled``: a manager took it back before its end, it counts as not made
    """

    agent_id: int
    outcome: Outcome = "open"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a manager decides about offers.

    :param most: to how many different agents a lead is offered
    :param shark_minutes: how long the shark tank is open; 0: there is none
    :param has_catch_all: there are users who take what nobody took
    :param chances: how often an agent may ask for another chance at one lead
    """

    most: int = MOST_AGENTS
    shark_minutes: int = 0
    has_catch_all: bool = False
    chances: int = MOST_CHANCES


PLAIN: Final = Settings()


@dataclass(frozen=True, slots=True)
class Offer:
    """The lead is offered to an agent."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class SharkTank:
    """The lead is open to all who missed it."""

    agent_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CatchAll:
    """The lead goes to the users who take what nobody took."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be done now."""

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
    """Say what happens next to a lead.

    Nobody is waited for who is not available now, as long as there is somebody else to turn to.

    :param ranked: the agents who qualify, the best first
    :param offers: what was offered so far, oldest first
    :param available: who can take a lead now; None: everybody
    :param stage: how far the lead is: its shark tank is open, or is over, or the catch-all users have it

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
    turns = _asking(offers, settings) + _fresh(ranked, offers, settings)
    if ready := _here(turns, available):
        return Offer(ready[0])
    if stage == "offers" and settings.shark_minutes and (sharks := missed_by(offers)):
        return SharkTank(sharks)
    if settings.has_catch_all:
        return CatchAll()
    lone = _lone_decliner(ranked, offers)
    if _here(lone, available):
        return Offer(lone[0])
    if not ranked and not offers:
        return Wait("nobody_qualifies")
    return Wait("nobody_available" if turns or lone else "nobody_left")


def missed_by(offers: Sequence[Offered]) -> tuple[int, ...]:
    """Who let an offer of the lead pass without an answer and never declined it, in the order of their offers.

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
    """Why there is nothing to do: somebody has the lead, or may still answer."""
    outcomes = {offer.outcome for offer in offers}
    if "accepted" in outcomes:
        return "accepted"
    if "open" in outcomes:
        return "offered"
    return stage if stage in ("shark_tank", "catch_all") else None


def _here(agent_ids: list[int], available: Collection[int] | None) -> list[int]:
    return agent_ids if available is None else [agent_id for agent_id in agent_ids if agent_id in available]


def _asking(offers: Sequence[Offered], settings: Settings) -> list[int]:
    """Who asked for another chance and has not had it, the longest waiting first."""
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
    """Who was not offered the lead yet, the best first; nobody once it was offered to as many as may be."""
    asked = {offer.agent_id for offer in offers}
    return [agent_id for agent_id in ranked if agent_id not in asked] if len(asked) < settings.most else []


def _lone_decliner(ranked: Sequence[int], offers: Sequence[Offered]) -> list[int]:
    """The only one who qualifies, once declined: rather asked again than the lead lost."""
    own = [offer.outcome for offer in offers if offer.agent_id in ranked]
    return list(ranked) if len(ranked) == 1 and own == ["declined"] else []
