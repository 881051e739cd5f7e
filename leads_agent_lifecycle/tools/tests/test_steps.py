from hypothesis import given
from hypothesis import strategies as st

from leads_agent_lifecycle.tools import steps

STAGES = [10, 20, 30]
ORDER = {stage: place for place, stage in enumerate(STAGES)}
STATUSES = {10: [1, 2], 20: [2, 3], 30: []}
stages = st.sampled_from(STAGES)
statuses = st.sampled_from([1, 2, 3])
rules = st.builds(
    steps.Rule,
    id=st.integers(1, 9),
    from_stage_ids=st.frozensets(stages, max_size=2),
    stage_id=st.none() | stages,
    status_id=st.none() | statuses,
    disposition_ids=st.frozensets(st.integers(1, 3), max_size=2),
    backwards=st.booleans(),
)
lists = st.lists(rules, max_size=5, unique_by=lambda rule: rule.id)


@given(lists, stages, statuses, st.none() | st.integers(1, 3))
def test_a_step_obeys_the_rule_it_names(known, stage, status, outcome):
    step = steps.next_step(known, stage, status, ORDER, STATUSES, outcome)
    if step is None:
        return
    rule = next(rule for rule in known if rule.id == step.rule_id)
    assert (step.stage_id, step.status_id) != (stage, status)
    assert rule.backwards or ORDER[step.stage_id] >= ORDER[stage]
    assert not rule.from_stage_ids or stage in rule.from_stage_ids
    assert not rule.disposition_ids or outcome in rule.disposition_ids
    assert not STATUSES[step.stage_id] or step.status_id in STATUSES[step.stage_id]


@given(lists, stages, statuses, st.none() | st.integers(1, 3))
def test_a_second_time_the_same_rule_moves_nothing(known, stage, status, outcome):
    step = steps.next_step(known, stage, status, ORDER, STATUSES, outcome)
    if step:
        rule = next(rule for rule in known if rule.id == step.rule_id)
        assert steps.next_step([rule], step.stage_id, step.status_id, ORDER, STATUSES, outcome) is None


@given(lists, stages, statuses)
def test_without_rules_that_fit_nothing_moves(known, stage, status):
    elsewhere = [rule for rule in known if rule.from_stage_ids and stage not in rule.from_stage_ids]
    assert steps.next_step(elsewhere, stage, status, ORDER, STATUSES) is None
