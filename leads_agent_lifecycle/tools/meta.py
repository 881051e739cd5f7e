"""The shared webhook of WhatsApp, Messenger and Instagram: its signature and its events.

Delivery reports and echoes of our own messages are left out; payloads of an undocumented form become notices.
"""

import hashlib
import hmac
from typing import Any

from . import meta_messaging, meta_whatsapp
from .meta_said import Said, notice
from .meta_values import as_dict, as_dicts, as_text

CHANNELS = {"whatsapp_business_account": "whatsapp", "page": "messenger", "instagram": "instagram"}


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Return whether the body was signed with the secret, in constant time.

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
    """Return whether two secrets are equal, in constant time; an empty secret never is."""
    return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def said(payload: Any) -> list[Said]:
    """Return all events of a payload except reports on our own messages, the oldest first.

    >>> [one] = said({"object": "page", "entry": [{"messaging": [
    ...     {"sender": {"id": "7"}, "timestamp": 1700000000123, "message": {"mid": "m1", "text": "Hello"}}]}]})
    >>> one == Said(channel="messenger", key="m1", sender="7", at=1700000000, text="Hello")
    True
    >>> [(one.channel, one.what, one.about) for one in said({"object": "user", "entry": [None]}) + said([1])]
    [('other', 'notice', 'user'), ('other', 'notice', 'payload')]
    """
    fields = as_dict(payload)
    kind = as_text(fields.get("object"))
    read = {"whatsapp_business_account": meta_whatsapp.events}.get(kind, meta_messaging.events)
    found = []
    if kind in CHANNELS:
        found = [one for entry in as_dicts(fields.get("entry")) for one in read(fields, entry)]
    if not found:
        return [notice(CHANNELS.get(kind, "other"), kind or "payload", payload, payload)]
    return sorted((one for one in found if one.what != "own"), key=lambda one: one.at)
