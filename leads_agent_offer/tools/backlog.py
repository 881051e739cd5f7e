"""Share out a backlog of leads: all leads are weighed against each other, not one by one.

One by one, the first leads would take room that later leads could use better. Here every agent has a price, and each
lead chooses the agent with the best score after the price. In 40 passes, the price of an agent rises if more leads
choose the agent than there is room, and falls if fewer do; so the prices approach the value of a place with an agent
(the multipliers of the room in the transportation problem, found by subgradient steps). Then the leads with the most
to lose choose first. If there is room for all, the result is within one percent of the best plan, in time linear in
the number of leads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace
from operator import itemgetter, sub
from typing import Final

from .ranking import PLAIN, UNIT, Agent, Roster, Settings
from .tag_matching import Hit

PASSES: Final = 40
# Factor by which the step of the prices shrinks after each pass.
CALMER: Final = 0.86
# How often leads may move up to room that is left at the end; more rounds make no difference.
ROUNDS: Final = 3
# A lead considers this many of its best agents, and all agents once these are full. Measured: no loss of score, and
# the time does not grow with the number of agents.
BEST_AGENTS: Final = 32
# Higher than any score.
_FULL: Final = 10**15


def share_out(
    leads: Mapping[int, Mapping[int, Hit]],
    agents: Sequence[Agent],
    needs: Mapping[int, str],
    settings: Settings = PLAIN,
) -> dict[int, int]:
    """Share out a backlog for the greatest sum of scores, within the room of each agent.

    :param leads: ``{lead: {tag: Hit}}``
    :param needs: ``{tag: need}``; a missing tag is preferential
    :returns: ``{lead: agent}``, without leads for which nobody qualifies or has room; it does not depend on the order
        of leads and agents

    >>> hit = {tag: {tag: Hit(tag, 1.0, "body", "")} for tag in (1, 2)}
    >>> crew = [Agent(7, {1: 90, 2: 80}, room=1), Agent(8, {1: 85}, room=1)]
    >>> share_out({1: hit[1], 2: hit[2]}, crew, {}) == {1: 8, 2: 7}
    True
    >>> share_out({1: hit[1], 2: hit[1], 3: hit[1]}, crew, {}) == {1: 7, 2: 8}
    True
    >>> share_out({1: {}, 2: {}, 3: {}, 4: {}}, [Agent(7), Agent(8)], {}) == {1: 7, 2: 8, 3: 7, 4: 8}
    True
    """
    agents = sorted(agents, key=lambda agent: (agent.last_served, agent.id))
    roster = Roster(agents, settings)
    market = _Market(agents, _classes(leads, agents, roster, needs))
    return market.plan(market.prices())


@dataclass(slots=True)
class _Class:
    """Leads that are alike: each agent has the same score for all of them.

    :param seats: the qualified agents, by their index in the list of agents
    :param scores: of these agents, in the same order
    :param others: ``{seat: score}`` of agents considered when these are full
    """

    leads: list[int]
    seats: tuple[int, ...]
    scores: tuple[int, ...]
    others: dict[int, int]
    price_of: Callable[[list[int]], tuple[int, ...]] = field(init=False)

    def __post_init__(self):
        # One extra seat: with a single one, `itemgetter` would not return a tuple.
        self.price_of = itemgetter(*self.seats, 0)

    def offers(self, prices: list[int]) -> list[int]:
        """Return the score of each agent minus the price."""
        return list(map(sub, self.scores, self.price_of(prices)))

    def regret(self, prices: list[int]) -> tuple[bool, int]:
        """Return what is lost when the best agent is full; leads for which every agent is too expensive choose last."""
        offers = sorted(self.offers(prices))
        second = offers[-2] if len(offers) > 1 else 0
        return offers[-1] < 0, max(0, second) - offers[-1]

    def widened(self) -> "_Class":
        """Return the same leads, considering all qualified agents."""
        scores = dict(zip(self.seats, self.scores, strict=True)) | self.others
        return _Class(self.leads, tuple(sorted(scores)), tuple(scores[seat] for seat in sorted(scores)), {})


def _classes(
    leads: Mapping[int, Mapping[int, Hit]], agents: Sequence[Agent], roster: Roster, needs: Mapping[int, str]
) -> list[_Class]:
    """Group leads by their tags, without leads for which nobody qualifies."""
    alike: dict[tuple, list[int]] = {}
    for lead_id in sorted(leads):
        hits = leads[lead_id]
        key = tuple(sorted([(tag, round(hit.factor * UNIT)) for tag, hit in hits.items()]))
        alike.setdefault(key, []).append(lead_id)
    seat_of = {agent.id: seat for seat, agent in enumerate(agents)}
    classes = []
    for _key, ids in sorted(alike.items()):
        scores = {seat_of[agent_id]: score for agent_id, score in roster.scores(leads[ids[0]], needs).items()}
        if not scores:
            continue
        best = dict(sorted(scores.items()))
        if len(scores) > BEST_AGENTS:
            least = sorted(scores.values())[-BEST_AGENTS]
            best = {seat: score for seat, score in best.items() if score >= least}
        others = {seat: score for seat, score in sorted(scores.items()) if seat not in best}
        classes.append(_Class(ids, tuple(best), tuple(best.values()), others))
    return classes


class _Market:
    """Leads that choose agents, and the price of a place with each agent."""

    def __init__(self, agents: Sequence[Agent], classes: list[_Class]):
        self.agents, self.classes = agents, classes
        total = sum(len(one.leads) for one in classes)
        self.rooms = [total if agent.room is None else max(0, agent.room) for agent in agents]

    def prices(self) -> list[int]:
        """Return the price of a place with each agent, in thousandths of a score."""
        prices = [0] * len(self.agents)
        step = max((max(one.scores) for one in self.classes), default=0) / 2
        for _nr in range(PASSES):
            loads = self._demand(prices)
            for seat, room in enumerate(self.rooms):
                if room:
                    excess = max(-1.0, min(1.0, (loads[seat] - room) / room))
                    prices[seat] = max(0, prices[seat] + round(step * excess))
            step *= CALMER
        return prices

    def _demand(self, prices: list[int]) -> list[float]:
        """Return how many leads choose each agent; equally good agents share them."""
        loads = [0.0] * len(prices)
        for one in self.classes:
            offers = one.offers(prices)
            best = max(offers)
            if best < 0:
                continue
            ties = offers.count(best)
            if ties == 1:
                loads[one.seats[offers.index(best)]] += len(one.leads)
            else:
                for seat, offer in zip(one.seats, offers, strict=True):
                    if offer == best:
                        loads[seat] += len(one.leads) / ties
        return loads

    def plan(self, prices: list[int]) -> dict[int, int]:
        """Assign leads to seats at these prices, those with the greatest regret first."""
        prices = [price if room else _FULL for price, room in zip(prices, self.rooms, strict=True)]
        given, seats = [0] * len(prices), [[] for _one in self.classes]
        queue = [(*one.regret(prices), nr) for nr, one in enumerate(self.classes)]
        heapify(queue)
        while queue:
            *was, nr = queue[0]
            one = self.classes[nr]
            regret = one.regret(prices)
            if [*regret] != was:
                heapreplace(queue, (*regret, nr))
                continue
            seat = self._choice(one, prices, given)
            if seat is None and one.others:
                self.classes[nr] = one.widened()
                continue
            if seat is not None:
                seats[nr].append(seat)
                given[seat] += 1
                if given[seat] >= self.rooms[seat]:
                    prices[seat] = _FULL
            if seat is None or len(seats[nr]) == len(one.leads):
                heappop(queue)
        for _nr in range(ROUNDS):
            self._move_up(seats, given)
        return self._shares(seats)

    def _move_up(self, seats: list[list[int]], given: list[int]) -> None:
        """Let leads move to better agents who still have room, and into room freed by that."""
        closed = [_FULL if count >= room else 0 for count, room in zip(given, self.rooms, strict=True)]
        for one, taken in zip(self.classes, seats, strict=True):
            scores = dict(zip(one.seats, one.scores, strict=True))
            for nr in range(len(one.leads)):
                offers = one.offers(closed)
                best = max(offers)
                now = scores[taken[nr]] if nr < len(taken) else -_FULL // 2
                if best <= now:
                    continue
                seat = one.seats[offers.index(best)]
                given[seat] += 1
                if nr < len(taken):
                    given[taken[nr]] -= 1
                    closed[taken[nr]], taken[nr] = 0, seat
                else:
                    taken.append(seat)
                if given[seat] >= self.rooms[seat]:
                    closed[seat] = _FULL

    def _shares(self, seats: list[list[int]]) -> dict[int, int]:
        """Return ``{lead: agent}``; of leads that are alike, the oldest gets the best agent."""
        shares = {}
        for one, taken in zip(self.classes, seats, strict=True):
            scores = dict(zip(one.seats, one.scores, strict=True))
            taken.sort(key=scores.__getitem__, reverse=True)
            shares.update(zip(one.leads, (self.agents[seat].id for seat in taken), strict=False))
        return shares

    @staticmethod
    def _choice(one: _Class, prices: list[int], given: list[int]) -> int | None:
        """Return the seat of the next lead of a class; of equally good agents, the one with the fewest leads."""
        offers = one.offers(prices)
        best = max(offers)
        if best < -_FULL // 2:
            return None
        if offers.count(best) == 1:
            return one.seats[offers.index(best)]
        return min(
            (seat for seat, offer in zip(one.seats, offers, strict=True) if offer == best),
            key=lambda seat: (given[seat], seat),
        )
