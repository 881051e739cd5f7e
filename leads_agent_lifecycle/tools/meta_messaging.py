"""What Messenger and Instagram tell: events of one person each."""

from collections.abc import Iterator
from typing import Any

from . import meta_words
from .meta_said import Said, notice, own, unreadable
from .meta_values import as_dict, as_dicts, as_key, as_moment, as_text, as_word

NOTIFICATIONS = {"STOP_NOTIFICATIONS": "stop", "RESUME_NOTIFICATIONS": "start"}
# What became of what we sent.
_REPORTS = ("read", "delivery")
_AROUND = ("sender", "recipient", "timestamp")


def events(payload: dict, entry: dict) -> Iterator[Said]:
    channel = "messenger" if payload.get("object") == "page" else "instagram"
    for name in ("messaging", "standby"):
        for event in entry[name] if isinstance(entry.get(name), list) else ():
            alone = {"object": payload.get("object"), "entry": [{"id": entry.get("id"), name: [event]}]}
            yield _event(channel, event, alone)
    for change in as_dicts(entry.get("changes")):
        alone = {"object": payload.get("object"), "entry": [{"id": entry.get("id"), "changes": [change]}]}
        value = as_dict(change.get("value"))
        if as_dict(value.get("sender")):
            yield _event(channel, value, alone)
        else:
            yield notice(channel, as_text(change.get("field")) or "change", change, alone)


def _event(channel: str, event: Any, payload: dict) -> Said:
    part = as_dict(event)
    who = as_dict(part.get("sender"))
    sender, at = as_key(who.get("id")) or as_key(who.get("user_ref")), as_moment(part.get("timestamp"))
    message = as_dict(part.get("message"))
    if message.get("is_echo") or any(name in part for name in _REPORTS):
        return own(channel)
    for name, known in (("sender", sender), ("timestamp", at)):
        if not known:
            return unreadable(channel, name, event, payload)
    common = {"channel": channel, "sender": sender, "at": at, "payload": payload}
    if choice := NOTIFICATIONS.get(as_text(as_dict(part.get("optin")).get("notification_messages_status"))):
        return Said(key=as_key(f"preference-{sender}-{at}-{choice}"), choice=choice, **common)
    if edited := as_dict(part.get("message_edit")):
        about = as_key(edited.get("mid"))
        key = as_key(f"edit-{as_word(edited.get('num_edit')) or at}-{about}")
        return Said(key=key, what="edit", about=about, text=as_text(edited.get("text")), **common)
    if "message" in part:
        return _message(event, message, common)
    kinds = [name for name in part if name not in _AROUND]
    return notice(channel, as_text(kinds[0]) if kinds else "event", event, payload, sender, at)


def _message(event: Any, message: dict, common: dict) -> Said:
    mid = as_key(message.get("mid"))
    if not mid:
        return unreadable(common["channel"], "id", event, common["payload"])
    if message.get("is_deleted"):
        return Said(key=as_key(f"withdrawal-{mid}"), what="withdrawal", about=mid, **common)
    text, things = meta_words.of_messaging(message)
    return Said(key=mid, text=text, things=things, **common)
