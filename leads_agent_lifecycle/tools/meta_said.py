"""What a channel tells: a message, a change of one, a choice, or something that is none of these."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .meta_values import as_key, as_word


@dataclass(frozen=True)
class Said:
    """One event of a payload.

    :param key: what the channel calls the event
    :param sender: what the channel calls the person
    :param at: seconds since 1970
    :param text: empty when it is no text
    :param things: what was sent beside a text or instead of one: ``("document", "offer.pdf")``
    :param choice: ``stop`` or ``start`` when it is no message: marketing messages are unwanted, or wanted again
    :param also: what else the channel calls the person
    :param what: ``message``, ``edit``, ``withdrawal``, ``moved`` (the person is called something else now), ``notice``
        (nothing that was said), ``unreadable``, or ``own``: a report on what we sent
    :param about: the key of the message that is changed, or the kind of a notice
    :param news: what the channel calls the person from now on
    :param source: by what kind of link or advert the person came
    :param campaign: by which one
    :param payload: the event alone, in the form in which it came
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
        """All that the channel calls the person, the first one first."""
        return tuple(dict.fromkeys(filter(None, (self.sender, *self.also))))


def digest(part: Any) -> str:
    """A key for what has none: the same for the same content."""
    return hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest()[:24]


def notice(channel: str, about: str, part: Any, payload: dict, sender: str = "", at: int = 0) -> Said:
    """Something that was not said by anybody, or says nothing."""
    about = as_word(about)[:60]
    return Said(channel, as_key(f"{about}-{digest(part)}"), sender, at, what="notice", about=about, payload=payload)


def unreadable(channel: str, about: str, part: Any, payload: dict) -> Said:
    """A message without what every message has."""
    return Said(channel, f"unreadable-{digest(part)}", "", 0, what="unreadable", about=about, payload=payload)


def own(channel: str) -> Said:
    """What became of a message that we sent."""
    return Said(channel, "", "", 0, what="own")


def phone_of(name: str) -> str:
    """Return the number by which somebody is called on WhatsApp.

    >>> phone_of("33155550123"), phone_of("FR.13491208655302741918")
    ('+33155550123', '')
    """
    return f"+{name}" if name.isascii() and name.isdigit() and len(name) <= 15 else ""
