"""A backlog: rooms are respected, no lead is left while there is room, and the plan is close to the optimum."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.backlog import BEST_AGENTS, share_out
from leads_agent_offer.tools.ranking import Agent, Roster, Settings, judge
from leads_agent_offer.tools.tag_matching import Hit

thorough = settings(max_examples=200, derandomize=True, deadline=None)
tags = st.integers(1, 5)
needs = st.dictionaries(tags, st.sampled_from(["exclusive", "required"]), max_size=2)
carried = st.sets(tags, max_size=3).map(lambda found: {tag: _hit(tag) for tag in found})
backlogs = st.dictionaries(st.integers(1, 99), carried, max_size=20)


def _hit(tag):
    return Hit(tag, 1.0, "body", "")


def _agent(number):
    return st.builds(
        Agent,
        st.just(number),
        st.dictionaries(tags, st.integers(1, 90), max_size=3),
        st.sampled_from([0, 0, -500, 100]),
        last_served=st.sampled_from([0.0, 1.0]),
        barred=st.sampled_from([(), (), ("off",)]),
        room=st.sampled_from([None, 0, 1, 2, 5]),
    )


crews = st.integers(0, 5).flatmap(lambda size: st.tuples(*[_agent(number) for number in range(1, size + 1)]))


def _shape(seed, leads, agents, room=1.2):
    """Return a smaller version of the measured case: 40 tags, each agent weighs 8 of them from 1 to 10."""
    random = Random(seed)
    crew = [
        Agent(
            nr,
            {tag: random.randint(1, 10) for tag in random.sample(range(40), 8)},
            room=max(1, round(leads / agents * room)),
        )
        for nr in range(1, agents + 1)
    ]
    backlog = {nr: {tag: _hit(tag) for tag in random.sample(range(40), random.randint(2, 5))} for nr in range(leads)}
    return backlog, crew


def _scores(backlog, crew):
    roster = Roster(crew)
    return {lead_id: roster.scores(hits, {}) for lead_id, hits in backlog.items()}


def _best_total(scores, crew):
    """Return the maximum sum: each lead in turn takes the best chain of moves that makes room for it."""
    rooms, held, total = {agent.id: agent.room for agent in crew}, {agent.id: set() for agent in crew}, 0
    for lead_id, own in scores.items():
        gain, came_by = dict(own), dict.fromkeys(own, (lead_id, None))
        for _nr in rooms:
            is_better = False
            for agent_id in list(gain):
                for other in held[agent_id]:
                    for target, score in scores[other].items():
                        reached = gain[agent_id] - scores[other][agent_id] + score
                        if reached > gain.get(target, float("-inf")):
                            gain[target], came_by[target], is_better = reached, (other, agent_id), True
            if not is_better:
                break
        # With positive scores, a lead that displaces another ends a chain whose last lead is unassigned.
        ends = [(value, agent_id, None) for agent_id, value in gain.items() if len(held[agent_id]) < rooms[agent_id]]
        ends += [
            (value - scores[other][agent_id], agent_id, other)
            for agent_id, value in gain.items()
            for other in held[agent_id]
        ]
        value, agent_id, out = max(ends, key=lambda end: end[0], default=(0, None, None))
        if value <= 0:
            continue
        total += value
        if out is not None:
            held[agent_id].remove(out)
        while agent_id is not None:
            mover, source = came_by[agent_id]
            held[agent_id].add(mover)
            if source is not None:
                held[source].remove(mover)
            agent_id = source
    return total


@pytest.mark.parametrize(("leads", "agents"), [(60, 6), (120, 12), (60, 20)])
def test_within_one_percent_of_the_best_plan(leads, agents):
    got = best = one_by_one = 0
    for seed in range(6):
        backlog, crew = _shape(seed, leads, agents)
        scores = _scores(backlog, crew)
        got += sum(scores[lead_id][agent_id] for lead_id, agent_id in share_out(backlog, crew, {}).items())
        best += _best_total(scores, crew)
        roster = Roster(crew)
        for lead_id, hits in backlog.items():
            if (agent_id := roster.first(hits, {})) is not None:
                roster.served(agent_id, lead_id)
                one_by_one += scores[lead_id][agent_id]
    assert 0.99 * best <= got <= best
    assert one_by_one < got


@thorough
@given(backlogs, crews, needs, st.booleans())
def test_each_lead_has_one_fate_and_is_left_only_when_those_who_qualify_are_full(backlog, crew, wanted, to_all):
    wish = Settings(untagged_to_all=to_all)
    shares = share_out(backlog, crew, wanted, wish)
    given_to = Counter(shares.values())
    by_id = {agent.id: agent for agent in crew}
    assert shares.keys() <= backlog.keys()
    for agent_id, count in given_to.items():
        assert by_id[agent_id].room is None or count <= by_id[agent_id].room
    for lead_id, hits in backlog.items():
        able = {verdict.agent_id for verdict in judge(crew, hits, wanted, wish) if verdict.place}
        if lead_id in shares:
            assert shares[lead_id] in able
        else:
            assert all(given_to[agent_id] == by_id[agent_id].room for agent_id in able)


@thorough
@given(backlogs, crews, needs, st.randoms(use_true_random=False))
def test_the_order_in_which_leads_and_agents_come_makes_no_difference(backlog, crew, wanted, random):
    mixed, others = list(backlog.items()), list(crew)
    random.shuffle(mixed)
    random.shuffle(others)
    assert share_out(dict(mixed), others, wanted) == share_out(backlog, crew, wanted)


@thorough
@given(st.integers(1, 60), st.integers(1, 7), st.sampled_from([None, 100]))
def test_equals_get_equal_shares(leads, agents, room):
    crew = [Agent(nr, {1: 50}, room=room) for nr in range(agents)]
    shares = Counter(share_out({nr: {1: _hit(1)} for nr in range(leads)}, crew, {}).values())
    assert sum(shares.values()) == leads
    assert max(shares.values()) - min(shares.get(nr, 0) for nr in range(agents)) <= 1


def test_when_the_best_are_full_the_rest_are_looked_at():
    crew = [Agent(nr, {1: nr}, room=1) for nr in range(1, 3 * BEST_AGENTS)]
    backlog = {nr: {1: _hit(1)} for nr in range(2 * BEST_AGENTS)}
    shares = share_out(backlog, crew, {})
    assert len(shares) == len(backlog)
    assert set(shares.values()) == set(range(BEST_AGENTS, 3 * BEST_AGENTS))


def test_a_thousand_leads_over_a_hundred_agents():
    """Limits the plan, not the time: all leads are assigned, with a much higher total than one by one."""
    backlog, crew = _shape(1, 1_000, 100)
    shares, scores = share_out(backlog, crew, {}), _scores(backlog, crew)
    assert len(shares) == 1_000
    roster, one_by_one = Roster(crew), 0
    for lead_id, hits in backlog.items():
        agent_id = roster.first(hits, {})
        roster.served(agent_id, lead_id)
        one_by_one += scores[lead_id][agent_id]
    assert sum(scores[lead_id][agent_id] for lead_id, agent_id in shares.items()) > 1.03 * one_by_one
