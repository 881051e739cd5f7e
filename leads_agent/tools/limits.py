"""Which customers may be given to nobody now, door by door: the arithmetic, without the database."""

from collections.abc import Mapping
from typing import Final

from .eligibility import Cause, Verdict

# The most that a number of leads, and a number of days, may be set to; 0 means that there is no limit.
MOST_LEADS: Final = 100_000
MOST_DAYS: Final = 3_650


def refusal_door(source: str) -> str:
    """Say which of the reasons not to give a customer to anybody hold, as in ``res.partner._refusals``.

    Somebody who picks a customer by hand (assign, reassign, reopen) has read what the customer's last call came to, so
    cooling-off is for the other doors. A customer who turns to the agent (order entry) is never refused.

    >>> refusal_door("batch"), refusal_door("manual"), refusal_door("order_entry")
    ('share', 'give', '')
    """
    return {"order_entry": "", "manual": "give"}.get(source, "share")


def refuse(verdicts: Mapping[int, Verdict], refused: Mapping[int, Cause]) -> dict[int, Verdict]:
    """Take back verdicts that say ``assigned`` of customers who are refused.

    :param refused: why customers may not be given to anybody now

    >>> yes, held = Verdict("assigned", "assigned"), Verdict("held", "held")
    >>> [v.result for v in refuse({1: yes, 2: yes, 3: held}, {1: Cause("blacklisted"), 3: Cause("cooling")}).values()]
    ['blocked', 'assigned', 'held']
    """
    return {
        lead_id: Verdict("blocked", refused[lead_id])
        if verdict.result == "assigned" and lead_id in refused
        else verdict
        for lead_id, verdict in verdicts.items()
    }
