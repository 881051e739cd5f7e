"""A lead goes from agent to agent and always comes to an end, for every possible history, without Odoo."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.queueing import (
    CatchAll,
    Offer,
    Offered,
    Settings,
    SharkTank,
    Wait,
    may_ask_again,
    missed_by,
    next_step,
)

thorough = settings(max_examples=500, derandomize=True, deadline=None)
TEAM = range(1, 11)
crews = st.lists(st.sampled_from(TEAM), unique=True, max_size=10)
wishes = st.builds(Settings, st.integers(1, 8), st.sampled_from([0, 30]), st.booleans(), st.integers(0, 3))
outcomes = st.sampled_from(["open", "accepted", "declined", "missed", "requeued", "recalled"])
histories = st.lists(st.builds(Offered, st.sampled_from(TEAM), outcomes), max_size=12)
stages = st.sampled_from(["offers", "shark_tank", "after_shark_tank", "catch_all"])


def _play(ranked, wish, draw, *, answers=("declined", "missed"), away=False):
    """Play a lead to its end; agents who missed it may ask again at any time.

    :returns: the offers and the steps
    """
    offers, steps, stage = [], [], "offers"
    for _nr in range(200):
        here = {agent for agent in ranked if not draw(st.booleans())} if away else None
        step = next_step(ranked, offers, here, wish, stage=stage)
        steps.append(step)
        match step:
            case Offer(agent_id):
                assert here is None or agent_id in here
                offers.append(Offered(agent_id, "open"))
                assert next_step(ranked, offers, here, wish, stage=stage) == Wait("offered")
                _ask_again(offers, wish, draw)
                offers[-1] = Offered(agent_id, draw(st.sampled_from(answers)))
                _ask_again(offers, wish, draw)
            case SharkTank():
                assert next_step(ranked, offers, here, wish, stage="shark_tank") == Wait("shark_tank")
                stage = "after_shark_tank"
            case CatchAll():
                assert next_step(ranked, offers, here, wish, stage="catch_all") == Wait("catch_all")
                return offers, steps
            case Wait("nobody_available") if away:
                away = False
            case Wait():
                return offers, steps
    raise AssertionError("no end")


def _ask_again(offers, wish, draw):
    for agent_id in sorted({offer.agent_id for offer in offers}):
        if may_ask_again(agent_id, offers, wish) and draw(st.booleans()):
            nr = max(nr for nr, offer in enumerate(offers) if offer.agent_id == agent_id)
            offers[nr] = Offered(agent_id, "requeued")


@thorough
@given(crews, wishes, st.booleans(), st.data())
def test_every_lead_comes_to_an_end_and_nobody_is_asked_twice_without_asking(ranked, wish, away, data):
    offers, steps = _play(ranked, wish, data.draw, away=away)
    assert len({offer.agent_id for offer in offers}) <= wish.most
    is_lone = len(ranked) == 1 and not wish.has_catch_all
    for agent_id in ranked:
        own = [offer.outcome for offer in offers if offer.agent_id == agent_id]
        assert len(own) <= 1 + wish.chances + is_lone
        for before in own[:-1]:
            assert before == "requeued" or (is_lone and before == "declined")
    assert sum(isinstance(step, SharkTank) for step in steps) <= 1
    assert isinstance(steps[-1], CatchAll) == wish.has_catch_all


@thorough
@given(crews, wishes, st.data())
def test_new_agents_come_in_the_order_of_their_rank(ranked, wish, data):
    offers, _steps = _play(ranked, wish, data.draw)
    assert list(dict.fromkeys(offer.agent_id for offer in offers)) == ranked[: wish.most]


@thorough
@given(crews, wishes, st.data())
def test_the_shark_tank_is_for_those_who_missed_and_for_nobody_else(ranked, wish, data):
    offers, steps = _play(ranked, wish, data.draw)
    tanks = [step for step in steps if isinstance(step, SharkTank)]
    declined = {offer.agent_id for offer in offers if offer.outcome == "declined"}
    if not wish.shark_minutes or not offers or {offer.outcome for offer in offers} == {"declined"}:
        assert not tanks
    elif missed_by(offers):
        assert tanks
    for tank in tanks:
        assert tank.agent_ids and not declined & set(tank.agent_ids)


@thorough
@given(crews, histories, st.none() | st.sets(st.sampled_from(TEAM)), wishes, stages)
def test_every_history_leads_to_exactly_one_step(ranked, offers, available, wish, stage):
    step = next_step(ranked, offers, available, wish, stage=stage)
    assert step == next_step(list(ranked), tuple(offers), available, wish, stage=stage)
    made = {offer.outcome for offer in offers}
    match step:
        case Offer(agent_id):
            assert available is None or agent_id in available
            assert not made & {"open", "accepted"}
        case SharkTank():
            assert stage == "offers" and wish.shark_minutes
        case CatchAll():
            assert wish.has_catch_all and stage != "catch_all"
        case Wait(reason):
            assert (reason == "accepted") == ("accepted" in made)


def test_another_chance_comes_before_new_agents_and_takes_nothing_from_the_holder():
    offers = [Offered(1, "requeued"), Offered(2, "requeued"), Offered(3, "open")]
    assert next_step([1, 2, 3, 4], offers) == Wait("offered")
    offers[-1] = Offered(3, "declined")
    assert next_step([1, 2, 3, 4], offers) == Offer(1)
    assert next_step([1, 2, 3, 4], [*offers, Offered(1, "missed")]) == Offer(2)
    assert next_step([1, 2, 3, 4], [*offers, Offered(1, "missed"), Offered(2, "declined")]) == Offer(4)


def test_the_only_one_who_qualifies_is_asked_once_more_rather_than_the_lead_lost():
    once, twice = [Offered(1, "declined")], [Offered(1, "declined")] * 2
    assert next_step([1], once) == Offer(1)
    assert next_step([1], once, []) == Wait("nobody_available")
    assert next_step([1], twice) == Wait("nobody_left")
    assert next_step([1], once, settings=Settings(has_catch_all=True)) == CatchAll()
    assert next_step([1, 2], [*once, Offered(2, "declined")]) == Wait("nobody_left")


def test_nobody_who_qualifies_and_an_offer_taken_back():
    assert next_step([]) == Wait("nobody_qualifies")
    assert next_step([], settings=Settings(has_catch_all=True, shark_minutes=30)) == CatchAll()
    assert next_step([1, 2], [Offered(1, "recalled")]) == Offer(1)
    assert next_step([1, 2], [Offered(1, "missed"), Offered(2, "accepted")]) == Wait("accepted")
