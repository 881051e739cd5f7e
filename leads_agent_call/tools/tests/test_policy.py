"""Outcomes of calls: every valid policy comes to an end, and decides what happens to the lead."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_call.tools.policy import FATES, QUOTATIONS, Policy, contradictions, outcome

fates = st.sampled_from([name for name, _label in FATES])
policies = st.builds(
    Policy,
    fates,
    st.booleans(),
    st.sampled_from([0, 30, 240]),
    st.sampled_from([0, 1, 3]),
    fates,
    st.sampled_from([name for name, _label in QUOTATIONS]),
    st.sampled_from([0, 14]),
    st.booleans(),
)
thorough = settings(max_examples=400, derandomize=True, deadline=None)


@thorough
@given(policies, st.integers(1, 10))
def test_one_fate_and_no_retry_of_a_lead_that_is_gone(policy, attempt):
    if contradictions(policy):
        return
    result = outcome(policy, attempt)
    assert result.fate in dict(FATES)
    assert result.fate == "keep" or not result.retry_minutes
    assert result.is_exhausted == bool(policy.most_attempts and attempt >= policy.most_attempts)


@thorough
@given(policies)
def test_attempts_end(policy):
    if contradictions(policy) or not policy.most_attempts:
        return
    assert outcome(policy, policy.most_attempts).is_exhausted
    assert not outcome(policy, policy.most_attempts - 1).is_exhausted


@thorough
@given(policies)
def test_a_blocked_number_is_never_called_again(policy):
    if policy.block and not contradictions(policy):
        assert policy.fate != "keep"
        assert not policy.callback and not policy.retry_minutes
