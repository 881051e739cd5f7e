"""Ranking: hard rules hold, better tags win, and the fast way agrees with the explained one."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.ranking import RULES, Agent, Roster, Settings, judge
from leads_agent_offer.tools.tag_matching import Hit

thorough = settings(max_examples=400, derandomize=True, deadline=None)
tags = st.integers(1, 6)
factors = st.sampled_from([0.5, 1.0, 1.1, 1.25, 1.5, 1.875])
carried = st.dictionaries(tags, factors, max_size=4).map(
    lambda found: {tag: _hit(tag, one) for tag, one in found.items()}
)
asked = st.dictionaries(tags, st.sampled_from(["preferential", "exclusive", "required"]), max_size=6)
wishes = st.builds(Settings, st.booleans(), st.sampled_from([0.0, 0.3, 1.0]))


def _hit(tag, factor=1.0):
    return Hit(tag, factor, "body", "")


def _agent(number):
    return st.builds(
        Agent,
        st.just(number),
        st.dictionaries(tags, st.sampled_from([0, 10, 50, 90]), max_size=4),
        st.sampled_from([0, 0, 10, -20]),
        st.dictionaries(tags, st.sampled_from([5, -50]), max_size=2),
        st.sampled_from([100, 90, 1]),
        st.sampled_from([0.0, 1.0, 2.0]),
        st.sampled_from([(), (), (), ("leave",)]),
        st.sampled_from([None, None, 0, 1, 2]),
    )


crews = st.integers(0, 6).flatmap(lambda size: st.tuples(*[_agent(number) for number in range(1, size + 1)]))


def _order(verdicts):
    return [verdict.agent_id for verdict in verdicts if verdict.place]


@thorough
@given(crews, carried, asked, wishes)
def test_every_agent_has_one_verdict_that_says_why(crew, hits, needs, wish):
    verdicts = judge(crew, hits, needs, wish)
    assert sorted(verdict.agent_id for verdict in verdicts) == [agent.id for agent in crew]
    for nr, verdict in enumerate(verdicts, 1):
        assert tuple(code for code, _passed in verdict.rules) == RULES
        qualifies = all(passed for _code, passed in verdict.rules)
        assert verdict.place == (nr if qualifies else None)
        assert verdict.status == ("unavailable" if not qualifies else "selected" if nr == 1 else "available")
        assert bool(verdict.barred) != dict(verdict.rules)["available"]
        assert abs(verdict.score - verdict.tag_score - verdict.pecking - verdict.performance) < 1e-6
    places = [verdict for verdict in verdicts if verdict.place]
    assert verdicts[: len(places)] == places


@thorough
@given(crews, carried, asked, wishes)
def test_hard_rules_hold(crew, hits, needs, wish):
    required = {tag for tag in hits if needs.get(tag) == "required"}
    exclusive = {tag for tag in hits if needs.get(tag) == "exclusive"}
    by_id = {agent.id: agent for agent in crew}
    chosen = [by_id[agent_id] for agent_id in _order(judge(crew, hits, needs, wish))]
    for agent in chosen:
        assert not agent.barred and agent.room != 0
        assert required <= agent.weights.keys()
        assert not exclusive or exclusive & agent.weights.keys()
        if any(hits.keys() & other.weights.keys() for other in crew):
            assert hits.keys() & agent.weights.keys()
    if not hits:
        able = [agent for agent in crew if not agent.obstacles]
        assert len(chosen) == (len(able) if wish.untagged_to_all else 0)


@thorough
@given(crews, st.lists(st.tuples(carried, asked), max_size=8), wishes, st.integers(1, 4), st.data())
def test_the_roster_says_what_the_verdicts_say_whatever_was_served_before(crew, leads, wish, most, data):
    roster, now = Roster(crew, wish), {agent.id: agent for agent in crew}
    for at, (hits, needs) in enumerate(leads, 10):
        order = _order(judge(list(now.values()), hits, needs, wish))
        assert roster.ranked(hits, needs, most) == order[:most]
        first = roster.first(hits, needs)
        assert first == (order[0] if order else None)
        if first is not None:
            roster.served(first, at)
            room = now[first].room
            now[first] = replace(now[first], last_served=at, room=None if room is None else room - 1)
        if now and data.draw(st.booleans()):
            freed = data.draw(st.sampled_from(sorted(now)))
            roster.freed(freed)
            room = now[freed].room
            now[freed] = replace(now[freed], room=None if room is None else room + 1)


@thorough
@given(crews, carried, asked, wishes)
def test_the_order_of_agents_and_tags_does_not_matter(crew, hits, needs, wish):
    verdicts = judge(crew, hits, needs, wish)
    for turned in list(permutations(crew))[:12]:
        assert judge(turned, dict(reversed(hits.items())), needs, wish) == verdicts


@thorough
@given(crews, carried, asked, st.integers(0, 5), st.sampled_from(["pecking", "performance", "weight", "last_served"]))
def test_more_never_ranks_lower(crew, hits, needs, which, what):
    if not crew:
        return
    chosen = crew[which % len(crew)]
    better = {
        "pecking": replace(chosen, pecking=chosen.pecking + 7),
        "performance": replace(chosen, performance=100),
        "weight": replace(chosen, weights={tag: weight + 3 for tag, weight in chosen.weights.items()}),
        "last_served": replace(chosen, last_served=-1.0),
    }[what]
    before = _order(judge(crew, hits, needs))
    after = _order(judge([better if agent is chosen else agent for agent in crew], hits, needs))
    assert sorted(before) == sorted(after)
    if chosen.id in before:
        assert after.index(chosen.id) <= before.index(chosen.id)


def test_a_specialist_on_leave_is_not_replaced_by_everybody():
    crew = [Agent(1, {5: 50}, barred=("leave",)), Agent(2, {6: 50})]
    assert _order(judge(crew, {5: _hit(5)}, {})) == []
    assert Roster(crew).first({5: _hit(5)}, {}) is None


def test_equals_take_turns():
    roster = Roster([Agent(nr, {1: 50}) for nr in range(1, 8)])
    got = Counter()
    for at in range(1, 71):
        agent_id = roster.first({1: _hit(1, 1.1)}, {})
        roster.served(agent_id, at)
        got[agent_id] += 1
    assert set(got.values()) == {10}


def test_sums_that_fractions_would_tell_apart_are_equal():
    hits = {1: _hit(1, 0.1), 2: _hit(2, 0.2), 3: _hit(3, 0.3)}
    crew = [Agent(1, {1: 1, 2: 1, 3: 0}, last_served=1.0), Agent(2, {1: 0, 2: 0, 3: 1}, last_served=0.0)]
    assert _order(judge(crew, hits, {})) == Roster(crew).ranked(hits, {}) == [2, 1]
