"""The input of refusals: a call that a user wants to make or promise."""

from datetime import datetime
from typing import Any, NamedTuple


class Attempt(NamedTuple):
    """A call that a user wants to make or promise.

    :param facts: ``facts.Facts`` of the customer
    :param at: the moment of the call, in UTC
    :param keeps_promise: the call keeps a callback that is open to the user, whoever holds the lead
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
