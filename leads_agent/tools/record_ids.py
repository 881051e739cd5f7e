"""Record ids as clients send them: as a number, as text, or as something that is no id at all."""

import re

# The largest id that a column holds.
LARGEST = 2**31 - 1
_DIGITS = re.compile(r"\s*(\d+)(?:\.0*)?\s*", re.ASCII)


def as_id(value: object) -> int:
    """Return the id that a database would store, 0 for an empty value.

    >>> as_id(185), as_id("185"), as_id(" 185"), as_id("185.0"), as_id(185.0)
    (185, 185, 185, 185, 185)
    >>> as_id(False), as_id(None), as_id(""), as_id(0), as_id("0")
    (0, 0, 0, 0, 0)
    >>> as_id(True)
    Traceback (most recent call last):
    ...
    ValueError: True

    :raises ValueError: for anything else, such as a text that is no number, or a number too large for a column
    """
    if value is False or value is None:
        return 0
    number = -1
    if (isinstance(value, int) and value is not True) or (isinstance(value, float) and value.is_integer()):
        number = int(value)
    elif isinstance(value, str):
        if not value.strip():
            return 0
        if digits := _DIGITS.fullmatch(value):
            number = int(digits[1][:11])
    if not 0 <= number <= LARGEST:
        raise ValueError(repr(value)[:50])
    return number


def as_ids(text: object) -> list[int]:
    """Return the ids in a list that was sent as text, which is how dialogs keep the records they are about.

    >>> as_ids("[185, 186]"), as_ids("185"), as_ids(""), as_ids([185])
    ([185, 186], [185], [], [185])
    >>> as_ids("[('id', '=', 185)]")
    Traceback (most recent call last):
    ...
    ValueError: "[('id', '=', 185)]"

    :raises ValueError: when it is no list of ids
    """
    if isinstance(text, (list, tuple)):
        return [number for number in map(as_id, text) if number]
    if not isinstance(text, str):
        return [number] if (number := as_id(text)) else []
    parts = text.strip().removeprefix("[").removesuffix("]").split(",")
    try:
        return [number for number in map(as_id, parts) if number]
    except ValueError:
        raise ValueError(repr(text)[:50]) from None
