"""Events of Messenger and Instagram, each about one person."""

from collections.abc import Iterator
from typing import Any

from . import meta_origin, meta_words
from .meta_said import Said, digest, notice, own, unreadable
from .meta_values import as_dict, as_dicts, as_key, as_moment, as_text, as_word

NOTIFICATIONS = {"STOP_NOTIFICATIONS": "stop", "RESUME_NOTIFICATIONS": "start"}
# Reports on messages that we sent.
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
    if pressed := as_dict(part.get("postback")):
        return _pressed(pressed, common)
    if referral := as_dict(part.get("referral")):
        key, things = as_key(f"referral-{at}-{digest(event)}"), meta_origin.as_things(referral)
        return Said(key=key, things=things, **meta_origin.of_referral(referral), **common)
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
    referral = as_dict(message.get("referral"))
    things += meta_origin.as_things(referral)
    return Said(key=mid, text=text, things=things, **meta_origin.of_referral(referral), **common)


def _pressed(pressed: dict, common: dict) -> Said:
    """Return the event of a button: *Get Started*, an ice breaker, or a menu item. Its title is the text."""
    title, referral = as_text(pressed.get("title")), as_dict(pressed.get("referral"))
    things = (("pressed", "" if title else as_text(pressed.get("payload"))), *meta_origin.as_things(referral))
    key = as_key(pressed.get("mid")) or f"postback-{common['at']}-{digest([common['sender'], pressed])}"
    return Said(key=key, text=title, things=things, **meta_origin.of_referral(referral), **common)
