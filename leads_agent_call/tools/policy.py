"""What an outcome of a call does, and which settings contradict each other: without the database."""

from dataclasses import dataclass
from typing import Final

# What happens to the lead.
FATES: Final = [
    ("close", "Is closed"),
    ("keep", "Stays with the agent"),
    ("release", "Goes back to the pool"),
]
# What happens to the customer's open quotation.
QUOTATIONS: Final = [
    ("keep", "Unchanged"),
    ("extend", "Gets a new expiry date"),
    ("cancel", "Is cancelled"),
]
MOST_ATTEMPTS: Final = 100
MOST_MINUTES: Final = 60 * 24 * 365


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of a disposition.

    :param fate: a value of :data:`FATES`
    :param callback: the agent agrees on a time with the customer
    :param retry_minutes: how long the lead is not offered again; 0: no retry
    :param most_attempts: after this many unsuccessful attempts, ``exhausted`` applies; 0: no limit
    :param exhausted: a value of :data:`FATES`
    :param quotation: a value of :data:`QUOTATIONS`
    :param extend_days: from today, for ``extend``
    :param block: the number goes on the do-not-call list
    """

    fate: str = "close"
    callback: bool = False
    retry_minutes: int = 0
    most_attempts: int = 0
    exhausted: str = "close"
    quotation: str = "keep"
    extend_days: int = 0
    block: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy does at one attempt.

    :param fate: what happens to the lead now
    :param is_exhausted: the maximum of attempts is reached
    :param retry_minutes: after how long the lead can be called again; 0: at any time
    """

    fate: str
    is_exhausted: bool = False
    retry_minutes: int = 0


def outcome(policy: Policy, attempt: int, is_promised: bool = False) -> Outcome:
    """Return what happens to the lead at the attempt of this number, counted from 1.

    :param is_promised: a callback is open. After the last attempt the lead is then unassigned instead of closed, so
        that another agent can keep the callback.

    >>> busy = Policy("keep", retry_minutes=30, most_attempts=3, exhausted="release")
    >>> outcome(busy, 2)
    Outcome(fate='keep', is_exhausted=False, retry_minutes=30)
    >>> outcome(busy, 3)
    Outcome(fate='release', is_exhausted=True, retry_minutes=0)
    >>> voicemail = Policy("keep", retry_minutes=30, most_attempts=3, exhausted="close")
    >>> outcome(voicemail, 3).fate, outcome(voicemail, 3, is_promised=True).fate
    ('close', 'release')
    >>> outcome(Policy("close"), 7)
    Outcome(fate='close', is_exhausted=False, retry_minutes=0)
    """
    if policy.retry_minutes and policy.most_attempts and attempt >= policy.most_attempts:
        fate = "release" if is_promised and policy.exhausted == "close" else policy.exhausted
        return Outcome(fate, is_exhausted=True)
    return Outcome(policy.fate, retry_minutes=policy.retry_minutes)


def contradictions(policy: Policy) -> list[str]:
    """Return the names of settings that contradict each other; empty if there are none.

    >>> contradictions(Policy("close", callback=True))
    ['callback_needs_lead']
    >>> contradictions(Policy("keep", callback=True, retry_minutes=30))
    ['callback_or_retry']
    >>> contradictions(Policy("keep", block=True))
    ['blocked_is_kept']
    >>> contradictions(Policy("keep", retry_minutes=60, most_attempts=5)), contradictions(Policy())
    ([], [])
    """
    is_kept = policy.fate == "keep"
    found = {
        "callback_needs_lead": policy.callback and not is_kept,
        "retry_needs_lead": policy.retry_minutes > 0 and not is_kept,
        "callback_or_retry": policy.callback and policy.retry_minutes > 0,
        "attempts_need_retry": policy.most_attempts > 0 and not policy.retry_minutes,
        "blocked_is_kept": policy.block and is_kept,
        "cancelled_is_kept": policy.quotation == "cancel" and is_kept,
        "extend_needs_days": policy.quotation == "extend" and not policy.extend_days,
    }
    return [name for name, is_so in found.items() if is_so]
