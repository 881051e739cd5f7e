"""Validation of profile input: contact codes, and links to pages in social networks."""

import re
from urllib.parse import urlsplit

# Starts with a letter or digit, so that no code is a formula in a spreadsheet.
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{1,31}", re.ASCII)


def clean_code(text: str | None) -> str | None:
    """Return a contact code as it is stored, or None if it is invalid.

    >>> clean_code(" l26-00017 ")
    'L26-00017'
    >>> clean_code("=1+1") is None and clean_code("x") is None and clean_code("") is None
    True
    """
    code = (text or "").strip().upper()
    return code if _CODE.fullmatch(code) else None


def clean_link(text: str | None, hosts: tuple[str, ...]) -> str | None:
    """Return the URL of a page on one of ``hosts``, or None if it is not one.

    >>> clean_link("linkedin.com/in/ada", ("linkedin.com",))
    'https://linkedin.com/in/ada'
    >>> clean_link("https://www.linkedin.com/in/ada", ("linkedin.com",))
    'https://www.linkedin.com/in/ada'
    >>> clean_link("https://linkedin.com.evil.example/in/ada", ("linkedin.com",)) is None
    True
    >>> clean_link("javascript:alert(1)", ("linkedin.com",)) is None
    True
    """
    text = (text or "").strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    known = any(host == name or host.endswith(f".{name}") for name in hosts)
    if parts.scheme not in ("http", "https") or not known or parts.username or len(parts.path.strip("/")) == 0:
        return None
    return text
