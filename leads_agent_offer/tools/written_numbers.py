"""Numbers as people write them: which digits of a text belong together, and their value.

Each is found once, from left to right, so the time is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

# Interchangeable characters. Mail programs replace plain dashes and spaces by others.
DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014"
SPACES: Final = " \u00a0\u202f"
# A real lead has fewer numbers; the rest of a longer list is ignored.
MOST_NUMBERS: Final = 20_000
LONGEST_NUMBER: Final = 24

_RUN: Final = re.compile(rf"(?:(?<![\w.,])[.,](?=[0-9]))?[0-9]+(?:[.,'\u2019{SPACES}][0-9]+)*")
_SPACE: Final = re.compile(rf"[{SPACES}]")
_PART: Final = re.compile(rf"[^{SPACES}]+")
_FIRST_GROUP: Final = re.compile(r"[1-9][0-9]{0,2}")
_NEXT_GROUP: Final = re.compile(r"[0-9]{3}([.,][0-9]{1,2})?")
_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2}(?:([.,'\u2019])[0-9]{3})(?:\2[0-9]{3})*)(?:[.,]([0-9]{1,2}))?")
_LAKHS: Final = re.compile(r"([1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.([0-9]{1,2}))?")
_DECIMAL: Final = re.compile(r"([0-9]{0,15})(?:[.,]([0-9]+))?")


def numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the numbers of a text with their start and end, including phone numbers, dates and parts of names.

    >>> [digits for digits, _start, _end in numbers("$.5M, 2 000 000 and 12 5000; 1 200,50")]
    ['.5', '2000000', '12', '5000', '1200,50']
    """
    for run in islice(_RUN.finditer(text), MOST_NUMBERS):
        if _SPACE.search(digits := run[0]):
            yield from islice(_grouped(text, run.start(), run.end()), MOST_NUMBERS)
        else:
            yield digits, *run.span()


def _grouped(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Split digits with spaces: ``2 000 000`` is one number, ``12 5000`` two."""
    digits, begins, ends, is_open = "", 0, 0, False
    for part in _PART.finditer(text, start, end):
        piece = part[0]
        if is_open and (group := _NEXT_GROUP.fullmatch(piece)):
            digits, ends = digits + piece, part.end()
            is_open = group[1] is None and len(digits) <= LONGEST_NUMBER // 2
            continue
        if digits:
            yield digits, begins, ends
        digits, begins, ends = piece, part.start(), part.end()
        is_open = _FIRST_GROUP.fullmatch(piece) is not None
    yield digits, begins, ends


def value(digits: str, *, is_scaled: bool = False) -> float | None:
    """Return the value of a number in any common notation; None if it is not a number.

    >>> [value(digits) for digits in ("1.200", "1,200.5", "1.200.300", "1.2345", "1.2.3", "0.125", ".5", "0475")]
    [1200.0, 1200.5, 1200300.0, 1.2345, None, 0.125, 0.5, None]
    >>> value("1.234", is_scaled=True)
    1.234
    """
    if len(digits) > LONGEST_NUMBER:
        return None
    decimal = _DECIMAL.fullmatch(digits)
    grouped = _GROUPED.fullmatch(digits) or _LAKHS.fullmatch(digits)
    if grouped and not (is_scaled and decimal):
        whole, cents = grouped[1], grouped.groups()[-1]
        return float("".join(filter(str.isdigit, whole)) + "." + (cents or "0"))
    if not decimal:
        return None
    whole, cents = decimal.groups()
    is_code = len(whole) > 1 and whole[0] == "0"
    return None if is_code else float(f"{whole or 0}.{cents or 0}")
