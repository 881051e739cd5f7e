"""Automatic moves of leads: the first rule that matches an event sets the stage and status.

Events move leads, but a move is not an event: rules cannot trigger each other, so there are no loops.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Rule:
    """A rule that moves leads.

    :param from_stage_ids: stages in which it applies; empty for all
    :param from_status_ids: statuses for which it applies; empty for all
    :param stage_id: the stage to move to, None to keep it
    :param status_id: the status to set; None to keep it, or to use the first one of a stage that does not have it
    :param disposition_ids: outcomes of a call for which it applies; empty for all
    :param backwards: whether it may move a lead to an earlier stage
    """

    id: int
    from_stage_ids: frozenset[int] = frozenset()
    from_status_ids: frozenset[int] = frozenset()
    stage_id: int | None = None
    status_id: int | None = None
    disposition_ids: frozenset[int] = frozenset()
    backwards: bool = False


class Where(NamedTuple):
    """The place of a lead."""

    id: int
    stage_id: int
    status_id: int | None


@dataclass(frozen=True)
class Step:
    """The new place of a lead, and the rule that moves it."""

    rule_id: int
    stage_id: int
    status_id: int


def next_step(
    rules: Iterable[Rule],
    stage_id: int,
    status_id: int,
    order: dict[int, int],
    statuses: dict[int, list[int]],
    disposition_id: int | None = None,
) -> Step | None:
    """Return the step of the first rule that changes something, or None.

    :param rules: in the order in which they are tried
    :param order: the position of each stage in the life cycle
    :param statuses: the statuses of each stage, the first one first
    :param disposition_id: the outcome, if the event was a call

    >>> forwards = Rule(1, stage_id=20, status_id=7)
    >>> next_step([forwards], 10, 5, {10: 0, 20: 1}, {10: [5], 20: [7]})
    Step(rule_id=1, stage_id=20, status_id=7)
    >>> next_step([forwards], 20, 7, {10: 0, 20: 1}, {10: [5], 20: [7]}) is None
    True
    >>> back = Rule(2, stage_id=10)
    >>> next_step([back], 20, 7, {10: 0, 20: 1}, {10: [5], 20: [7]}) is None
    True
    >>> answered = Rule(3, status_id=6, from_status_ids=frozenset([7]))
    >>> [next_step([answered], 10, status, {10: 0}, {}) for status in (5, 7)]
    [None, Step(rule_id=3, stage_id=10, status_id=6)]
    """
    for rule in rules:
        if rule.from_stage_ids and stage_id not in rule.from_stage_ids:
            continue
        if rule.from_status_ids and status_id not in rule.from_status_ids:
            continue
        if rule.disposition_ids and disposition_id not in rule.disposition_ids:
            continue
        stage = rule.stage_id or stage_id
        if stage not in order or (order[stage] < order.get(stage_id, -1) and not rule.backwards):
            continue
        allowed = statuses.get(stage, [])
        wanted = rule.status_id or status_id
        status = wanted if wanted in allowed or not allowed else allowed[0]
        if (stage, status) != (stage_id, status_id):
            return Step(rule.id, stage, status)
    return None
