"""Which of our numbers or pages an event was sent to."""

import re
from typing import Any

LONGEST = 32


def key(payload: Any) -> str:
    """Return Meta's ID of the number or page that received an event, empty when the payload has none.

    :param payload: one event alone

    >>> key({"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": [
    ...     {"value": {"metadata": {"display_phone_number": "15550100100", "phone_number_id": "106"}}}]}]})
    '106'
    >>> key({"object": "page", "entry": [{"id": "208", "messaging": [{"sender": {"id": "7"}}]}]})
    '208'
    >>> key({"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": [{"value": 7}]}]}), key([1])
    ('', '')
    """
    entry = _first(payload, "entry")
    if _dict(payload).get("object") == "whatsapp_business_account":
        metadata = _dict(_dict(_first(entry, "changes").get("value")).get("metadata"))
        return clean(metadata.get("phone_number_id"))
    return clean(entry.get("id"))


def clean(value: Any) -> str:
    """Return a Meta ID as text; some payloads have it as a number.

    >>> clean(" 106 "), clean(106), clean("+1 555"), clean(True), clean("9" * 33)
    ('106', '106', '', '', '')
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(rf"[0-9]{{1,{LONGEST}}}", text) else ""


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _first(value: Any, name: str) -> dict:
    found = _dict(value).get(name)
    return _dict(found[0]) if isinstance(found, list) and found else {}
