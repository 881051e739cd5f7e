"""The next lead: a due callback always comes first; a higher amount or chance never ranks lower."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_call.tools.next_lead import MOST_ANSWER, Lead, Weights, answer_factor, rank, score, standing

NOW = datetime(2026, 11, 26, 10)
counts = st.integers(0, 30)
weights = st.builds(Weights, st.floats(0.5, 365), st.floats(0.05, 1), st.floats(0, 3), st.floats(0, 1))


def lead(number):
    return st.builds(
        lambda amount, age, attempts, sales, calls, callback: Lead(
            number,
            amount,
            NOW - timedelta(days=age),
            attempts,
            sales,
            min(calls),
            max(calls),
            None if callback is None else NOW + timedelta(minutes=callback),
        ),
        st.floats(0, 1e7),
        st.floats(0, 400),
        counts,
        counts,
        st.tuples(counts, counts),
        st.none() | st.integers(-600, 600),
    )


leads = st.integers(1, 6).flatmap(lambda size: st.tuples(*[lead(number) for number in range(1, size + 1)]))
thorough = settings(max_examples=300, derandomize=True, deadline=None)


@thorough
@given(leads, weights)
def test_due_callbacks_come_first_the_longest_due_before_all(found, given_weights):
    order = [choice.lead for choice in rank(found, given_weights, NOW)]
    due = [one for one in order if one.callback_at and one.callback_at <= NOW]
    assert order[: len(due)] == due
    assert [one.callback_at for one in due] == sorted(one.callback_at for one in due)


@thorough
@given(leads, weights, st.integers(0, 5), st.sampled_from(["amount", "age", "attempts", "sales", "answered"]))
def test_more_value_or_chance_never_ranks_lower(found, given_weights, which, what):
    chosen = found[which % len(found)]
    better = {
        "amount": replace(chosen, amount=chosen.amount * 1.5 + 1),
        "age": replace(chosen, ordered_at=chosen.ordered_at + timedelta(days=3)),
        "attempts": replace(chosen, attempts=max(0, chosen.attempts - 1)),
        "sales": replace(chosen, sales=chosen.sales + 1),
        "answered": replace(chosen, answered=min(chosen.tried, chosen.answered + 1)),
    }[what]
    before = [choice.lead.id for choice in rank(found, given_weights, NOW)]
    after = [
        choice.lead.id for choice in rank([better if one.id == chosen.id else one for one in found], given_weights, NOW)
    ]
    assert after.index(chosen.id) <= before.index(chosen.id)


@thorough
@given(leads, weights)
def test_order_of_asking_does_not_matter(found, given_weights):
    orders = {
        tuple(choice.lead.id for choice in rank(order, given_weights, NOW)) for order in list(permutations(found))[:24]
    }
    assert len(orders) == 1


@thorough
@given(lead(1), weights)
def test_answers_change_a_chance_by_twice_or_half_at_most(one, given_weights):
    """The search relies on this bound to end early."""
    assert abs(answer_factor(one, given_weights)) <= MOST_ANSWER
    assert score(one, given_weights) == standing(one, given_weights) + answer_factor(one, given_weights)
