"""A reason not to give a customer to anybody, or not to call; ``res.partner._refusals`` is the list of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a customer may not be given to anybody, or not be called.

    :param doors: where it holds. ``give``: somebody chooses the customer by hand; ``share``: nobody does (batch,
        import, rule, offer); ``call``: *Next* and *Call*; ``promise``: a callback is entered; ``keep``: a callback
        falls due
    :param sentence: of the environment, the name of the customer, and what is known besides: what is tried, or
        the ``Cause`` where a lead is given
    :param condition: of the environment and the id of a customer in SQL: SQL that is never NULL
    :param judge: of what is tried, as a call (``leads_agent_call``); without it, the condition counts for calls, too
    """

    name: str
    doors: frozenset[str]
    sentence: Callable[[Any, str, Any], str]
    condition: Callable[[Any, Any], Any] | None = None
    judge: Callable[[Any], bool] | None = None

    def holds(self, attempt: Any) -> bool:
        return self.judge(attempt) if self.judge else self.name in attempt.facts.refusals
