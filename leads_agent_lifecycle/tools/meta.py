"""The webhook that WhatsApp, Messenger and Instagram share: who signed it, and what people said or chose.

Statuses, echoes of our own messages and whatever has another shape than the documented one are left out.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CHANNELS = {"whatsapp_business_account": "whatsapp", "page": "messenger", "instagram": "instagram"}
LONGEST_KEY = 500
LONGEST_TEXT = 10_000
# What people chose in the settings of the channel.
CHOICES = {"stop": "stop", "resume": "start"}
NOTIFICATIONS = {"STOP_NOTIFICATIONS": "stop", "RESUME_NOTIFICATIONS": "start"}
# Moments above are milliseconds.
LATEST_SECOND = 100_000_000_000


@dataclass(frozen=True)
class Said:
    """A message of a person, or what they chose in the settings of the channel.

    :param key: what the channel calls the message
    :param sender: what the channel calls the person
    :param at: seconds since 1970
    :param text: empty when it is no text
    :param kind: of what is no text: image, audio, ...
    :param choice: ``stop`` or ``start`` when it is no message: marketing messages are unwanted, or wanted again
    """

    channel: str
    key: str
    sender: str
    at: int
    text: str = ""
    kind: str = ""
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
    payload = _dict(payload)
    channel = CHANNELS.get(_text(payload.get("object")))
    if not channel:
        return []
    found = _by_changes if channel == "whatsapp" else _by_messaging
    messages = [one for entry in _dicts(payload.get("entry")) for one in found(channel, entry)]
    return sorted((one for one in messages if one.key and one.sender and one.at), key=lambda one: one.at)


def _by_changes(channel: str, entry: dict) -> Iterator[Said]:
    """WhatsApp: messages and the names of their senders side by side; the sender is a number."""
    for change in _dicts(entry.get("changes")):
        value = _dict(change.get("value"))
        names = {
            _text(contact.get("wa_id")): _text(_dict(contact.get("profile")).get("name"))
            for contact in _dicts(value.get("contacts"))
        }
        for message in _dicts(value.get("messages")):
            sender, kind = _text(message.get("from")), _text(message.get("type"))
            content = _dict(message.get(kind))
            pressed = _dict(content.get("button_reply")) or _dict(content.get("list_reply"))
            text = _text(content.get("body")) or _text(content.get("caption")) or _text(content.get("text"))
            yield Said(
                channel,
                key=_key(message.get("id")),
                sender=_key(sender),
                at=_moment(message.get("timestamp")),
                text=text or _text(pressed.get("title")),
                kind=kind,
                name=names.get(sender, ""),
                phone=_phone(sender),
                choice=CHOICES.get(_text(content.get("marketing")), "") if kind == "system" else "",
            )
        for preference in _dicts(value.get("user_preferences")):
            sender, at = _text(preference.get("wa_id")), _moment(preference.get("timestamp"))
            choice = CHOICES.get(_text(preference.get("value")), "")
            if choice and _text(preference.get("category")) == "marketing_messages":
                yield Said(
                    channel,
                    key=_key(f"preference-{sender}-{at}-{choice}"),
                    sender=_key(sender),
                    at=at,
                    name=names.get(sender, ""),
                    phone=_phone(sender),
                    choice=choice,
                )


def _by_messaging(channel: str, entry: dict) -> Iterator[Said]:
    """Messenger and Instagram."""
    for event in _dicts(entry.get("messaging")):
        message = _dict(event.get("message"))
        sender, at = _key(_dict(event.get("sender")).get("id")), _moment(event.get("timestamp"))
        if choice := NOTIFICATIONS.get(_text(_dict(event.get("optin")).get("notification_messages_status"))):
            yield Said(channel, key=_key(f"preference-{sender}-{at}-{choice}"), sender=sender, at=at, choice=choice)
            continue
        if message.get("is_echo") or message.get("is_deleted"):
            continue
        attachments = [_text(one.get("type")) for one in _dicts(message.get("attachments"))]
        yield Said(
            channel,
            key=_key(message.get("mid")),
            sender=sender,
            at=at,
            text=_text(message.get("text")),
            kind=", ".join(filter(None, attachments)),
        )


def _phone(sender: str) -> str:
    return f"+{sender}" if sender.isascii() and sender.isdigit() and len(sender) <= 15 else ""


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Return a text that a database takes.

    >>> _text("a\\x00b"), _text("\\ud800"), _text(1)
    ('ab', '?', '')
    """
    text = value[:LONGEST_TEXT] if isinstance(value, str) else ""
    return text.replace("\x00", "").encode(errors="replace").decode().strip()


def _key(value: Any) -> str:
    """A key is whole or none: cut keys would be the same for different people."""
    text = _text(value)
    return text if len(text) <= LONGEST_KEY else ""


def _moment(value: Any) -> int:
    """Return seconds, of seconds or milliseconds as number or digits; 0 for anything else."""
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 13:
        return 0
    return int(digits) // 1000 if int(digits) > LATEST_SECOND else int(digits)
