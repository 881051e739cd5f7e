"""Events of WhatsApp, which lists messages and their senders separately.

People have a number, an ID that only the business knows, or both.
"""

from collections.abc import Iterator
from typing import Any

from . import meta_origin, meta_words
from .meta_said import Said, notice, own, phone_of, unreadable
from .meta_values import as_dict, as_dicts, as_key, as_moment, as_text

CHANNEL = "whatsapp"
# Choices in the settings of the channel.
CHOICES = {"stop": "stop", "resume": "start"}
MOVES = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
LONGEST_NAME = 250


def events(payload: dict, entry: dict) -> Iterator[Said]:
    for change in as_dicts(entry.get("changes")):
        value = as_dict(change.get("value"))

        def alone(name: str, part: Any, contact: dict, change: dict = change, value: dict = value) -> dict:
            """Return the event as a payload of its own."""
            kept = {key: value[key] for key in ("messaging_product", "metadata") if key in value}
            contacts = [contact] if contact else []
            change = {**change, "value": {**kept, "contacts": contacts, name: [part]}}
            return {"object": payload.get("object"), "entry": [{**entry, "changes": [change]}]}

        found = False
        for name, read in (("messages", _message), ("user_preferences", _preference)):
            for part in value[name] if isinstance(value.get(name), list) else ():
                found = True
                contact = _contact(value, as_dict(part))
                yield read(part, contact, alone(name, part, contact))
        if isinstance(value.get("statuses"), list) or isinstance(value.get("message_echoes"), list):
            yield own(CHANNEL)
        elif not found:
            field = as_text(change.get("field")) or "change"
            yield notice(CHANNEL, field, change, {"object": payload.get("object"), "entry": [{"changes": [change]}]})


def _contact(value: dict, part: dict) -> dict:
    """Return the contact entry of the sender of a message."""
    contacts = as_dicts(value.get("contacts"))
    names = {as_text(part.get(name)) for name in ("from", "from_user_id", "wa_id", "user_id")} - {""}
    for contact in contacts:
        if names & {as_text(contact.get("wa_id")), as_text(contact.get("user_id"))}:
            return contact
    return contacts[0] if len(contacts) == 1 and not names else {}


def _sender(part: dict, contact: dict) -> dict:
    """Return the names of the sender, beginning with the number."""
    profile = as_dict(contact.get("profile"))
    number = as_key(part.get("from")) or as_key(part.get("wa_id")) or as_key(contact.get("wa_id"))
    ids = [
        as_key(part.get(f"{prefix}{name}")) or as_key(contact.get(name))
        for prefix, name in (("from_", "user_id"), ("from_", "parent_user_id"))
    ]
    called = list(dict.fromkeys(filter(None, (number, as_key(part.get("user_id")), *ids))))
    sender, *also = called or [""]
    name = as_text(profile.get("name")) or as_text(profile.get("username"))
    return {"sender": sender, "also": tuple(also), "name": name[:LONGEST_NAME], "phone": phone_of(number)}


def _message(message: Any, contact: dict, payload: dict) -> Said:
    part = as_dict(message)
    kind, key, at = as_text(part.get("type")), as_key(part.get("id")), as_moment(part.get("timestamp"))
    who = _sender(part, contact)
    for name, known in (("type", kind), ("id", key), ("sender", who["sender"]), ("timestamp", at)):
        if not known:
            return unreadable(CHANNEL, name, message, payload)
    common = {"channel": CHANNEL, "key": key, "at": at, "payload": payload, **who}
    content = as_dict(part.get(kind))
    if kind == "system":
        return _system(content, common)
    if kind in ("reaction", "request_welcome"):
        return Said(**common, what="notice", about=kind)
    if kind == "revoke":
        return Said(**common, what="withdrawal", about=as_key(content.get("original_message_id")))
    if kind == "edit":
        text, things = meta_words.of_whatsapp(as_dict(content.get("message")))
        about = as_key(content.get("original_message_id"))
        return Said(**common, what="edit", about=about, text=text, things=things)
    text, things = meta_words.of_whatsapp(part)
    referral = as_dict(part.get("referral"))
    things += meta_origin.as_things(referral)
    return Said(**common, text=text, things=things, **meta_origin.of_referral(referral))


def _system(content: dict, common: dict) -> Said:
    """Return the event of a system message about the sender, which is not from the sender."""
    kind = as_text(content.get("type"))
    if choice := CHOICES.get(as_text(content.get("marketing"))):
        return Said(**common, choice=choice)
    if kind in MOVES:
        number = as_key(content.get("wa_id")) or as_key(content.get("new_wa_id"))
        news = (number, as_key(content.get("user_id")), as_key(content.get("parent_user_id")))
        before = (as_key(content.get("previous_user_id")), as_key(content.get("previous_parent_user_id")))
        called = (common["sender"], *before, *common["also"])
        sender, *also = [name for name in called if name and name not in news] or [common["sender"]]
        common |= {"sender": sender, "also": tuple(also), "phone": phone_of(sender)}
        return Said(**common, what="moved", about=kind, news=tuple(filter(None, news)))
    return Said(**common, what="notice", about=kind or "system")


def _preference(preference: Any, contact: dict, payload: dict) -> Said:
    part = as_dict(preference)
    who, at = _sender(part, contact), as_moment(part.get("timestamp"))
    choice = CHOICES.get(as_text(part.get("value")), "")
    if not choice or not who["sender"] or not at or as_text(part.get("category")) != "marketing_messages":
        return notice(CHANNEL, "preference", preference, payload, who["sender"], at)
    key = as_key(f"preference-{who['sender']}-{at}-{choice}")
    return Said(CHANNEL, key=key, at=at, choice=choice, payload=payload, **who)
