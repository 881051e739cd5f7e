"""The webhook that WhatsApp, Messenger and Instagram share: who signed it, and what people said or chose.

Statuses, echoes of our own messages and whatever has another shape than the documented one are left out.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import meta_words
from .meta_values import as_dict, as_dicts, as_key, as_moment, as_text

CHANNELS = {"whatsapp_business_account": "whatsapp", "page": "messenger", "instagram": "instagram"}
# What people chose in the settings of the channel.
CHOICES = {"stop": "stop", "resume": "start"}
NOTIFICATIONS = {"STOP_NOTIFICATIONS": "stop", "RESUME_NOTIFICATIONS": "start"}


@dataclass(frozen=True)
class Said:
    """A message of a person, or what they chose in the settings of the channel.

    :param key: what the channel calls the message
    :param sender: what the channel calls the person
    :param at: seconds since 1970
    :param text: empty when it is no text
    :param things: what was sent beside a text or instead of one: ``("document", "offer.pdf")``
    :param choice: ``stop`` or ``start`` when it is no message: marketing messages are unwanted, or wanted again
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


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether the body was signed with the secret, in constant time.

    >>> is_signed(b"x", "sha256=" + hmac.new(b"key", b"x", "sha256").hexdigest(), "key")
    True
    >>> is_signed(b"x", "sha256=0", "key"), is_signed(b"x", "", "")
    (False, False)
    """
    if not secret:
        return False
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return is_same(signature, expected)


def is_same(given: str, expected: str) -> bool:
    """Tell whether two secrets are the same, in constant time; an empty one is none."""
    return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def said(payload: Any) -> list[Said]:
    """Return what people said, the oldest first.

    >>> [one] = said({"object": "page", "entry": [{"messaging": [
    ...     {"sender": {"id": "7"}, "timestamp": 1700000000123, "message": {"mid": "m1", "text": "Hello"}}]}]})
    >>> one == Said(channel="messenger", key="m1", sender="7", at=1700000000, text="Hello")
    True
    >>> said({"object": "user", "entry": [None]}), said([1])
    ([], [])
    """
    payload = as_dict(payload)
    channel = CHANNELS.get(as_text(payload.get("object")))
    if not channel:
        return []
    found = _by_changes if channel == "whatsapp" else _by_messaging
    messages = [one for entry in as_dicts(payload.get("entry")) for one in found(channel, entry)]
    return sorted((one for one in messages if one.key and one.sender and one.at), key=lambda one: one.at)


def _by_changes(channel: str, entry: dict) -> Iterator[Said]:
    """WhatsApp: messages and the names of their senders side by side; the sender is a number."""
    for change in as_dicts(entry.get("changes")):
        value = as_dict(change.get("value"))
        names = {
            as_text(contact.get("wa_id")): as_text(as_dict(contact.get("profile")).get("name"))
            for contact in as_dicts(value.get("contacts"))
        }
        for message in as_dicts(value.get("messages")):
            sender, kind = as_text(message.get("from")), as_text(message.get("type"))
            content = as_dict(message.get(kind))
            text, things = meta_words.of_whatsapp(message)
            yield Said(
                channel,
                key=as_key(message.get("id")),
                sender=as_key(sender),
                at=as_moment(message.get("timestamp")),
                text=text,
                things=things,
                name=names.get(sender, ""),
                phone=_phone(sender),
                choice=CHOICES.get(as_text(content.get("marketing")), "") if kind == "system" else "",
            )
        for preference in as_dicts(value.get("user_preferences")):
            sender, at = as_text(preference.get("wa_id")), as_moment(preference.get("timestamp"))
            choice = CHOICES.get(as_text(preference.get("value")), "")
            if choice and as_text(preference.get("category")) == "marketing_messages":
                yield Said(
                    channel,
                    key=as_key(f"preference-{sender}-{at}-{choice}"),
                    sender=as_key(sender),
                    at=at,
                    name=names.get(sender, ""),
                    phone=_phone(sender),
                    choice=choice,
                )


def _by_messaging(channel: str, entry: dict) -> Iterator[Said]:
    """Messenger and Instagram."""
    for event in as_dicts(entry.get("messaging")):
        message = as_dict(event.get("message"))
        sender, at = as_key(as_dict(event.get("sender")).get("id")), as_moment(event.get("timestamp"))
        if choice := NOTIFICATIONS.get(as_text(as_dict(event.get("optin")).get("notification_messages_status"))):
            yield Said(channel, key=as_key(f"preference-{sender}-{at}-{choice}"), sender=sender, at=at, choice=choice)
            continue
        if message.get("is_echo") or message.get("is_deleted"):
            continue
        text, things = meta_words.of_messaging(message)
        yield Said(
            channel,
            key=as_key(message.get("mid")),
            sender=sender,
            at=at,
            text=text,
            things=things,
        )


def _phone(sender: str) -> str:
    return f"+{sender}" if sender.isascii() and sender.isdigit() and len(sender) <= 15 else ""
