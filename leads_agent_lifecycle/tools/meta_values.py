"""Values of a payload of unknown form: each is returned as the expected type, or empty."""

from typing import Any

LONGEST_KEY = 500
LONGEST_TEXT = 10_000
# Larger values are milliseconds.
LATEST_SECOND = 100_000_000_000


def as_dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def as_dicts(value: Any) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """Return a text without characters that PostgreSQL cannot store.

    >>> as_text("a\\x00b"), as_text("\\ud800"), as_text(1)
    ('ab', '?', '')
    """
    text = value[:LONGEST_TEXT] if isinstance(value, str) else ""
    return text.replace("\x00", "").encode(errors="replace").decode().strip()


def as_word(value: Any) -> str:
    """Return a text, or a number as people write it.

    >>> as_word(12.50), as_word(" 2 "), as_word(True), as_word(10**400)
    ('12.5', '2', '', '')
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        return f"{value:.10g}"
    return as_text(value)


def as_key(value: Any) -> str:
    """Return a key, or an empty text if it is too long: truncated keys of different people could be equal."""
    text = as_text(value)
    return text if len(text) <= LONGEST_KEY else ""


def as_moment(value: Any) -> int:
    """Return seconds from a number or digits in seconds or milliseconds; 0 for anything else."""
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else as_text(value)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 13:
        return 0
    return int(digits) // 1000 if int(digits) > LATEST_SECOND else int(digits)
