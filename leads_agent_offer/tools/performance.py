"""How well an agent treats the leads they are offered: points, each with its cause, and the score they come to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LEAST: Final = 1
MOST: Final = 100

# What each cause gives. Feedback gives so much at most, for all that is told about one lead.
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
    """The score of an agent, 1 to 100, out of the points of the period: everybody starts at 100.

    A miss is made good by asking for another chance and taking it; that acceptance counts less than a prompt one.

    >>> score(0), score(POINTS["missed"]), score(POINTS["accepted"]), score(-500)
    (100, 95, 100, 1)
    >>> POINTS["missed"] + POINTS["requeued"] + POINTS["accepted_again"]
    0
    """
    return max(LEAST, min(MOST, MOST + total_points))


def acceptance(misses_before: int) -> str:
    """The cause of the points for accepting a lead, given how often the agent had missed it.

    >>> acceptance(0), acceptance(1)
    ('accepted', 'accepted_again')
    """
    return "accepted_again" if misses_before else "accepted"


def feedback_points(told: int, given: int = 0) -> int:
    """How many points telling about a lead gives: one for each thing told, never more than the most for one lead.

    :param told: how many things are told now
    :param given: points the agent got for this lead already

    >>> feedback_points(3), feedback_points(3, given=3), feedback_points(1, given=4)
    (3, 1, 0)
    """
    return max(0, min(told, POINTS["feedback"] - given))
