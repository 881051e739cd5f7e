"""The score stays within its bounds, and every cause changes it as intended."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.performance import LEAST, MOST, POINTS, acceptance, feedback_points, score

thorough = settings(max_examples=200, derandomize=True, deadline=None)


@thorough
@given(st.lists(st.sampled_from(sorted(POINTS))), st.sampled_from(sorted(POINTS)))
def test_a_score_keeps_its_bounds_and_only_a_miss_costs(causes, cause):
    total = sum(POINTS[one] for one in causes)
    assert LEAST <= score(total) <= MOST
    if cause == "missed":
        assert score(total + POINTS[cause]) <= score(total)
    else:
        assert score(total + POINTS[cause]) >= score(total)


@thorough
@given(st.lists(st.integers(0, 9), max_size=9))
def test_feedback_on_one_lead_never_gives_more_than_its_most(told):
    given_so_far = 0
    for count in told:
        given_so_far += feedback_points(count, given_so_far)
    assert given_so_far == min(sum(told), POINTS["feedback"])


def test_a_miss_is_made_good_but_asking_again_earns_nothing():
    assert POINTS["missed"] + POINTS["requeued"] + POINTS[acceptance(1)] == 0
    assert POINTS["missed"] + POINTS["requeued"] < 0 < POINTS[acceptance(0)]
