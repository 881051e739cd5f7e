"""The performance of an agent: points, each with a cause, and the resulting score."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LEAST: Final = 1
MOST: Final = 100

# Points per cause. For feedback: the maximum per lead.
POINTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "accepted": 2,
        "declined": 1,
        "coalesced": 1,
        "assigned": 1,
        "missed": -5,
        "requeued": 4,
        "accepted_again": 1,
        "feedback": 4,
    }
)


def score(total_points: int) -> int:
    """Return the score of an agent, 1 to 100, from the points of the period: everybody starts at 100.

    Asking for another chance and accepting makes up for a miss; that acceptance counts less than a prompt one.

    >>> score(0), score(POINTS["missed"]), score(POINTS["accepted"]), score(-500)
    (100, 95, 100, 1)
    >>> POINTS["missed"] + POINTS["requeued"] + POINTS["accepted_again"]
    0
    """
    return max(LEAST, min(MOST, MOST + total_points))


def acceptance(misses_before: int) -> str:
    """Return the cause of the points for accepting a lead, given how often the agent had missed it.

    >>> acceptance(0), acceptance(1)
    ('accepted', 'accepted_again')
    """
    return "accepted_again" if misses_before else "accepted"


def feedback_points(items: int, given: int = 0) -> int:
    """Return the points for feedback about a lead: one per item, up to the maximum per lead.

    :param items: number of items given now
    :param given: points the agent already got for this lead

    >>> feedback_points(3), feedback_points(3, given=3), feedback_points(1, given=4)
    (3, 1, 0)
    """
    return max(0, min(items, POINTS["feedback"] - given))
