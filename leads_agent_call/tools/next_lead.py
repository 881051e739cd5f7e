"""Which lead to call next: due callbacks first, then by expected value. A pure function of its input.

The expected value of a lead is its amount times the chance of a sale. The chance falls with the age of the quotation
and with each unsuccessful attempt; it rises with earlier sales and with the customer's answers at this hour.
All factors are logarithms of base 2 here, so that the part that does not depend on the time is a single number that can
be stored and sorted by (:func:`standing`): the age counts from a fixed day, as all leads age equally.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import log2
from typing import Final

EPOCH: Final = datetime(2020, 1, 1)
MOST_SALES: Final = 5
# How strongly the prior counts against a customer's answers at an hour: like this many calls, half of them answered.
PRIOR_CALLS: Final = 2
# The most that answers may change the value, as a logarithm: double or half.
MOST_ANSWER: Final = 1.0


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the expected value.

    :param half_life: days in which the chance of a sale halves
    :param fatigue: share of the chance that remains after an unsuccessful attempt
    :param loyalty: how much each earlier sale adds to the chance
    :param answers: 1: a customer who always answers at this hour counts double, one who never does counts half; 0:
        ignored
    """

    half_life: float = 14.0
    fatigue: float = 0.8
    loyalty: float = 0.2
    answers: float = 1.0


@dataclass(frozen=True, slots=True)
class Lead:
    """What is known of a lead.

    :param answered: answered calls at about this hour of the customer's day
    :param tried: calls at about this hour
    :param weight: factor that addons may set
    """

    id: int
    amount: float = 0.0
    ordered_at: datetime = EPOCH
    attempts: int = 0
    sales: int = 0
    answered: int = 0
    tried: int = 0
    callback_at: datetime | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A lead with its sort key: smaller comes earlier."""

    lead: Lead
    place: tuple = field(repr=False)


def standing(lead: Lead, weights: Weights) -> float:
    """Return the part of the expected value that does not depend on the time, as a logarithm of base 2.

    Double the amount adds 1, and so does a quotation that is younger by a half-life.

    >>> old, new = (Lead(1, 1000, datetime(2026, 11, day)) for day in (1, 15))
    >>> round(standing(new, Weights()) - standing(old, Weights()), 6)
    1.0
    >>> tried = Lead(1, 1000, datetime(2026, 11, 1), attempts=2)
    >>> round(2 ** (standing(tried, Weights()) - standing(old, Weights())), 6)
    0.64
    """
    return (
        log2(max(lead.amount, 1.0))
        + (lead.ordered_at - EPOCH).total_seconds() / 86_400 / weights.half_life
        + lead.attempts * log2(weights.fatigue)
        + log2(1 + weights.loyalty * min(lead.sales, MOST_SALES))
        + log2(lead.weight)
    )


def answer_factor(lead: Lead, weights: Weights) -> float:
    """Return the effect of answers at this hour, as a logarithm of base 2 between -1 and 1.

    >>> answer_factor(Lead(1), Weights())
    0.0
    >>> answer_factor(Lead(1, answered=8, tried=8), Weights()) > answer_factor(Lead(1, answered=4, tried=8), Weights())
    True
    """
    share = (lead.answered + PRIOR_CALLS / 2) / (lead.tried + PRIOR_CALLS)
    return weights.answers * (2 * share - 1) * MOST_ANSWER


def score(lead: Lead, weights: Weights) -> float:
    """Return the expected value now, as a logarithm, less the same amount for all leads."""
    return standing(lead, weights) + answer_factor(lead, weights)


def rank(leads: Iterable[Lead], weights: Weights, now: datetime) -> list[Choice]:
    """Sort leads: due callbacks, the longest due first; then by expected value; then by ID, the older first.

    >>> due = Lead(3, 10, callback_at=datetime(2026, 11, 26, 9))
    >>> later = Lead(4, 10, callback_at=datetime(2026, 11, 26, 11))
    >>> choices = rank([Lead(1, 500), Lead(2, 900), due, later], Weights(), datetime(2026, 11, 26, 10))
    >>> [choice.lead.id for choice in choices]
    [3, 2, 1, 4]
    """

    def place(lead: Lead) -> tuple:
        is_due = lead.callback_at is not None and lead.callback_at <= now
        return (0, lead.callback_at, -score(lead, weights), lead.id) if is_due else (1, -score(lead, weights), lead.id)

    return sorted((Choice(lead, place(lead)) for lead in leads), key=lambda choice: choice.place)
