"""Which refusals apply at which entry point, without the database."""

from collections.abc import Mapping
from typing import Final

from .eligibility import Cause, Verdict

# The maximum of the settings for numbers of leads and of days; 0 means no limit.
MOST_LEADS: Final = 100_000
MOST_DAYS: Final = 3_650


def refusal_entry_point(source: str) -> str:
    """Return the entry point whose refusals of ``res.partner._refusals`` apply to a source.

    A user who chooses a customer manually (assign, reassign, reopen) knows the outcome of the last call, so
    cooling-off applies only at other entry points. A customer who contacts the agent (order entry) is never refused.

    >>> refusal_entry_point("batch"), refusal_entry_point("manual"), refusal_entry_point("order_entry")
    ('share', 'give', '')
    """
    return {"order_entry": "", "manual": "give"}.get(source, "share")


def refuse(verdicts: Mapping[int, Verdict], refused: Mapping[int, Cause]) -> dict[int, Verdict]:
    """Reject the ``assigned`` verdicts of refused customers.

    :param refused: why customers may not be assigned now

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
