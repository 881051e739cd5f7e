"""Events of a channel: a message, a change of one, a choice, or something else."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .meta_values import as_key, as_word


@dataclass(frozen=True)
class Said:
    """One event of a payload.

    :param key: the channel's ID of the event
    :param sender: the person's main name on the channel
    :param at: seconds since 1970
    :param text: empty if there is none
    :param things: items sent with or instead of a text: ``("document", "offer.pdf")``
    :param choice: ``stop`` or ``start`` if it is no message: the person opted out of marketing messages, or in again
    :param also: other names of the person on the channel
    :param what: ``message``, ``edit``, ``withdrawal``, ``moved`` (the person has new names), ``notice`` (not from a
        person), ``unreadable``, or ``own``: a report on a message that we sent
    :param about: the key of the changed message, or the kind of a notice
    :param news: the new names of the person
    :param source: the kind of link or advert by which the person came
    :param campaign: the specific one
    :param payload: this event alone, in the form of the payload
    """

    channel: str
    key: str
    sender: str
    at: int
    text: str = ""
    things: tuple[tuple[str, str], ...] = ()
    name: str = ""
    phone: str = ""
    choice: str = ""
    also: tuple[str, ...] = ()
    what: str = "message"
    about: str = ""
    news: tuple[str, ...] = ()
    source: str = ""
    campaign: str = ""
    payload: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def called(self) -> tuple[str, ...]:
        """Return all names of the person on the channel, the main one first."""
        return tuple(dict.fromkeys(filter(None, (self.sender, *self.also))))


def digest(part: Any) -> str:
    """Return a key for an event without one: equal content has an equal key."""
    return hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest()[:24]


def notice(channel: str, about: str, part: Any, payload: dict, sender: str = "", at: int = 0) -> Said:
    """Return an event that was not sent by a person, or has no content."""
    about = as_word(about)[:60]
    return Said(channel, as_key(f"{about}-{digest(part)}"), sender, at, what="notice", about=about, payload=payload)


def unreadable(channel: str, about: str, part: Any, payload: dict) -> Said:
    """Return an event for a message that lacks a required value."""
    return Said(channel, f"unreadable-{digest(part)}", "", 0, what="unreadable", about=about, payload=payload)


def own(channel: str) -> Said:
    """Return an event for a report on a message that we sent."""
    return Said(channel, "", "", 0, what="own")


def phone_of(name: str) -> str:
    """Return the phone number of a person's name on WhatsApp, empty if the name is not a number.

    >>> phone_of("33155550123"), phone_of("FR.13491208655302741918")
    ('+33155550123', '')
    """
    return f"+{name}" if name.isascii() and name.isdigit() and len(name) <= 15 else ""
