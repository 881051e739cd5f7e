"""The optimal plan, for comparison: assign leads to agents within their rooms, with the maximum sum of scores."""

from collections.abc import Mapping


def best_sum(scores: Mapping[int, Mapping[int, int]], rooms: Mapping[int, int]) -> int:
    """Add one lead after the other along the path with the highest gain, moving other leads: successive shortest paths.

    :param scores: ``{lead: {agent: score}}`` of qualified agents, none negative
    :param rooms: ``{agent: how many leads}``

    >>> best_sum({1: {7: 90, 8: 85}, 2: {7: 80}, 3: {8: 10}}, {7: 1, 8: 1})
    165
    >>> best_sum({1: {7: 5}, 2: {7: 9}, 3: {}}, {7: 1})
    9
    """
    held: dict[int, set[int]] = {agent: set() for agent in rooms}
    # The best lead to move from one agent to another, and the gain.
    moves: dict[int, dict[int, tuple[int, int]]] = {agent: {} for agent in rooms}
    total = 0
    for lead, choices in scores.items():
        gain, came, out = _gains(choices, moves)
        ends = [(gain[agent], agent, None) for agent in gain if len(held[agent]) < rooms[agent]]
        # Or one of the leads on the path stays unassigned.
        ends += [(gain[agent] - least, agent, loser) for agent, (least, loser) in _losers(held, scores, gain)]
        if not ends:
            continue
        best, agent, loser = max(ends, key=lambda end: end[0])
        if best <= 0:
            continue
        total += best
        if loser is not None:
            held[agent].discard(loser)
        changed = {agent}
        while came[agent] is not None:
            before = came[agent]
            held[before].discard(out[agent])
            held[agent].add(out[agent])
            agent = before
            changed.add(agent)
        held[agent].add(lead)
        for agent in changed:
            moves[agent] = _moves(agent, held[agent], scores)
    return total


def _gains(choices, moves):
    """Return the longest path to each agent: the previous agent, and the lead that moves."""
    gain = dict(choices)
    came, out = dict.fromkeys(gain), {}
    waiting = list(gain)
    while waiting:
        reached = set()
        for agent in waiting:
            base = gain[agent]
            for other, (more, lead) in moves[agent].items():
                if other not in gain or base + more > gain[other]:
                    gain[other], came[other], out[other] = base + more, agent, lead
                    reached.add(other)
        waiting = list(reached)
    return gain, came, out


def _losers(held, scores, gain):
    for agent in gain:
        if held[agent]:
            yield agent, min((scores[lead][agent], lead) for lead in held[agent])


def _moves(agent, leads, scores):
    best: dict[int, tuple[int, int]] = {}
    for lead in leads:
        own = scores[lead][agent]
        for other, score in scores[lead].items():
            if other != agent and (other not in best or score - own > best[other][0]):
                best[other] = (score - own, lead)
    return best
