"""A reason not to assign or call a customer; ``res.partner._refusals`` is the list of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a customer may not be assigned or called.

    :param entry_points: where it applies. ``give``: a user chooses the customer manually; ``share``: nobody does
        (batch, import, rule, offer); ``call``: *Next* and *Call*; ``promise``: a callback is entered; ``keep``: a
        callback falls due
    :param sentence: function of the environment, the name of the customer, and the attempted call, or
        the ``Cause`` when a lead is assigned
    :param title: function of the environment: the reason for result logs (entry points ``give`` and ``share``)
    :param condition: function of the environment and the ID of a customer in SQL, returns SQL that is never NULL
    :param judge: function of the attempted call (``leads_agent_call``); without it, the condition counts for calls, too
    """

    name: str
    entry_points: frozenset[str]
    sentence: Callable[[Any, str, Any], str]
    title: Callable[[Any], str] | None = None
    condition: Callable[[Any, Any], Any] | None = None
    judge: Callable[[Any], bool] | None = None

    def holds(self, attempt: Any) -> bool:
        return self.judge(attempt) if self.judge else self.name in attempt.facts.refusals
