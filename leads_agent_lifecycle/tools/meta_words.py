"""The content of a message on WhatsApp, Messenger or Instagram: its text, and the items sent with or instead of it.

An item is a pair of a kind and a detail: ``("document", "offer.pdf")``. The labels of the kinds are elsewhere.
"""

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from .meta_values import as_dict, as_dicts, as_text, as_word

Thing = tuple[str, str]
LONGEST_DETAIL = 500
MOST_THINGS = 50
_MEDIA = ("image", "video", "audio", "document", "sticker")
# What the form designer adds around the name of a question.
_AROUND_QUESTION = re.compile(r"^screen_\d+_|_\d+$")


def of_whatsapp(message: dict) -> tuple[str, tuple[Thing, ...]]:
    """Return the text and the items of a message on WhatsApp.

    >>> of_whatsapp({"type": "document", "document": {"filename": "plan.pdf", "caption": "Our kitchen"}})
    ('Our kitchen', (('document', 'plan.pdf'),))
    >>> of_whatsapp({"type": "button", "button": {"text": "Call me", "payload": "7"}})
    ('Call me', ())
    """
    kind = as_text(message.get("type"))
    content = as_dict(message.get(kind))
    text = as_text(content.get("body")) or as_text(content.get("caption")) or as_text(content.get("text"))
    things: list[Thing] = []
    if kind in _MEDIA:
        voice = kind == "audio" and content.get("voice") is True
        things.append(("voice" if voice else kind, as_text(content.get("filename"))))
    elif kind == "location":
        things.append(("location", _place(content)))
    elif kind == "contacts":
        things += [("contact", _card(card)) for card in as_dicts(message.get("contacts"))]
    elif kind == "order":
        things += [("cart", _item(item)) for item in as_dicts(content.get("product_items"))]
    elif kind == "interactive":
        text, things = _interactive(content)
    elif kind == "unsupported":
        errors = as_dicts(message.get("errors")) or [{}]
        things.append(("unsupported", as_text(content.get("type")) or as_text(errors[0].get("title"))))
    elif kind and kind not in ("text", "button"):
        things.append(("other", kind))
    product = as_dict(as_dict(message.get("context")).get("referred_product"))
    if product_id := as_word(product.get("product_retailer_id")):
        things.append(("product", product_id))
    return text, _within_limits(things)


def of_messaging(message: dict) -> tuple[str, tuple[Thing, ...]]:
    """Return the text and the items of a message on Messenger or Instagram.

    >>> of_messaging({"attachments": [{"type": "file", "payload": {"url": "https://cdn.example/a/offer%201.pdf?x=1"}}]})
    ('', (('document', 'offer 1.pdf'),))
    """
    attachments = as_dicts(message.get("attachments"))
    if any(one.get("type") == "sticker" for one in attachments):
        # A sticker is sent twice, as a sticker and as a picture.
        attachments = [one for one in attachments if one.get("type") != "image"]
    things = [_attachment(one) for one in attachments]
    if message.get("is_unsupported") is True:
        things.append(("unsupported", ""))
    answered = as_dict(message.get("reply_to"))
    if as_dict(answered.get("story")):
        things.append(("story_reply", ""))
    if product_id := as_word(as_dict(as_dict(message.get("referral")).get("product")).get("id")):
        things.append(("product", product_id))
    return as_text(message.get("text")), _within_limits(things)


def _interactive(content: dict) -> tuple[str, list[Thing]]:
    """Return the choice or the form input in reply to an interactive message of the business."""
    pressed = as_dict(content.get("button_reply")) or as_dict(content.get("list_reply"))
    if pressed:
        description = as_text(pressed.get("description"))
        return as_text(pressed.get("title")), [("option", description)] if description else []
    if form := as_dict(content.get("nfm_reply")):
        answers = _answers(form.get("response_json"))
        return "" if answers else as_text(form.get("body")), answers or [("form", as_text(form.get("name")))]
    if permission := as_dict(content.get("call_permission_reply")):
        return "", [("call_permission", as_text(permission.get("response")))]
    return "", [("other", as_text(content.get("type")) or "interactive")]


def _answers(response: Any) -> list[Thing]:
    """Return the questions and answers of a form, which it sends as JSON text."""
    try:
        given = as_dict(json.loads(response)) if isinstance(response, str) else as_dict(response)
    except (ValueError, RecursionError):
        return []
    found = []
    for question, answer in given.items():
        if question != "flow_token" and (said := _flat(answer)):
            name = " ".join(_AROUND_QUESTION.sub("", as_text(question)).split("_"))
            found.append(("answer", f"{name}: {said}"))
    return found


def _flat(answer: Any, depth: int = 3) -> str:
    """Return an answer on one line; files by their names."""
    if isinstance(answer, dict):
        named = as_text(answer.get("file_name")) or as_text(answer.get("title"))
        answer = [named] if named else list(answer.values())
    if isinstance(answer, list):
        parts = (_flat(one, depth - 1) for one in answer[:MOST_THINGS]) if depth else ()
        return ", ".join(filter(None, parts))
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return " ".join(as_word(answer).split())


def _place(content: dict) -> str:
    """
    >>> _place({"latitude": 51.2194, "longitude": 4.4025, "name": "Harbour Café", "address": "Quay 1"})
    'Harbour Café, Quay 1 (51.2194, 4.4025)'
    """
    names = ", ".join(filter(None, (as_text(content.get("name")), as_text(content.get("address")))))
    latitude = as_word(content.get("latitude", content.get("lat")))
    longitude = as_word(content.get("longitude", content.get("long")))
    where = f"({latitude}, {longitude})" if latitude and longitude else ""
    return f"{names} {where}".strip()


def _card(card: dict) -> str:
    """Return name, company, numbers and addresses of a contact card."""
    name = as_dict(card.get("name"))
    called = as_text(name.get("formatted_name")) or " ".join(
        filter(None, (as_text(name.get("first_name")), as_text(name.get("last_name"))))
    )
    numbers = [as_text(one.get("phone")) or as_text(one.get("wa_id")) for one in as_dicts(card.get("phones"))]
    emails = [as_text(one.get("email")) for one in as_dicts(card.get("emails"))]
    return ", ".join(filter(None, (called, as_text(as_dict(card.get("org")).get("company")), *numbers, *emails)))


def _item(item: dict) -> str:
    """
    >>> _item({"product_retailer_id": "GRINDER-2", "quantity": 3, "item_price": 49.5, "currency": "EUR"})
    '3 x GRINDER-2, 49.5 EUR'
    """
    quantity, price = as_word(item.get("quantity")), as_word(item.get("item_price"))
    what = " x ".join(filter(None, (quantity, as_word(item.get("product_retailer_id")))))
    return ", ".join(filter(None, (what, f"{price} {as_text(item.get('currency'))}".strip() if price else "")))


def _attachment(one: dict) -> Thing:
    kind, payload = as_text(one.get("type")), as_dict(one.get("payload"))
    title = as_text(one.get("title")) or as_text(payload.get("title"))
    if kind == "location":
        return kind, _place({"name": title, **as_dict(payload.get("coordinates"))})
    if kind == "image" and as_word(payload.get("sticker_id")):
        return "sticker", ""
    if kind == "file":
        return "document", title or _file_name(payload.get("url"))
    if kind == "template":
        elements = as_dicts(as_dict(payload.get("product")).get("elements"))
        return "product", ", ".join(filter(None, (as_text(one.get("title")) for one in elements)))
    if kind == "fallback":
        return "link", title or as_text(one.get("url")) or as_text(payload.get("url"))
    if kind in ("image", "video", "audio", "sticker", "story_mention"):
        return kind, ""
    if kind in ("share", "reel", "ig_reel", "post", "ig_post"):
        return "link", title or as_text(payload.get("url"))
    return "other", kind


def _file_name(url: Any) -> str:
    """Return the file name in a URL, without query parameters."""
    try:
        name = unquote(urlsplit(as_text(url)).path.rpartition("/")[2])
    except ValueError:
        return ""
    return as_text(name) if "." in name else ""


def _within_limits(things: list[Thing]) -> tuple[Thing, ...]:
    return tuple((kind, detail[:LONGEST_DETAIL]) for kind, detail in things[:MOST_THINGS])
