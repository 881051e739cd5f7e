"""A reason not to give a customer to anybody, or not to call; ``res.partner._refusals`` is the list of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class Attempt(NamedTuple):
    """A call that somebody wants to make, or to promise.

    :param facts: ``leads_agent_desk.Facts`` of the customer
    :param at: the moment of the call, in UTC
    :param keeps_promise: it keeps a callback that is open to the user, whoever holds the lead
    """

    facts: Any
    user: Any
    at: datetime
    keeps_promise: bool = False

    @property
    def is_of_a_colleague(self) -> bool:
        holder_id = self.facts.holder_id
        return bool(holder_id and holder_id != self.user.id and not self.keeps_promise) and not (
            self.user._is_leads_manager()
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a customer may not be given to anybody, or not be called.

    :param doors: where it holds. ``give``: somebody chooses the customer by hand; ``share``: nobody does (batch,
        import, rule, offer); ``call``: *Next* and *Call*; ``promise``: a callback is entered; ``keep``: a callback
        falls due
    :param sentence: of the environment, the name of the customer, and what is known besides: the :class:`Attempt`, or
        the ``Cause`` where a lead is given
    :param condition: of the environment and the id of a customer in SQL: SQL that is never NULL
    :param judge: of an :class:`Attempt`; without it, the condition counts for calls, too
    """

    name: str
    doors: frozenset[str]
    sentence: Callable[[Any, str, Any], str]
    condition: Callable[[Any, Any], Any] | None = None
    judge: Callable[[Attempt], bool] | None = None

    def holds(self, attempt: Attempt) -> bool:
        return self.judge(attempt) if self.judge else self.name in attempt.facts.refusals
