"""Validate and convert values from clients.

Each reader accepts any value, and returns the converted one or raises :class:`Unfit`. Clients send numbers as text and
as floats: these are converted if unambiguous, so that later checks see the number that the database will store.
"""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

# The largest record ID, and the largest value of an integer column.
LARGEST = 2**31 - 1
# Values that mean "not given": clients have no other way to leave an argument out.
NOTHING = (None, False, "")
LONGEST = 100_000
# The largest number accepted as a text.
HUGE = 10**100


class Unfit(ValueError):
    """A value that is not of the expected kind.

    :param str wanted: a key of the sentences in ``arguments.py``
    """

    def __init__(self, wanted: str):
        super().__init__(wanted)
        self.wanted = wanted


def whole(value: Any, least: int = -LARGEST, most: int = LARGEST) -> int:
    """A whole number within bounds.

    >>> whole(7), whole("7"), whole(" 7 "), whole(7.0), whole("-7")
    (7, 7, 7, 7, -7)
    >>> [_unfit(whole, value) for value in (True, None, 1.5, "1.5", "x", "", [], {}, 2**31, float("nan"), "7\\0")]
    ['whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'whole']
    >>> _unfit(whole, "9" * 100_000), _unfit(whole, "٣"), _unfit(whole, "1_0")
    ('whole', 'whole', 'whole')
    """
    if isinstance(value, str):
        text = value.strip()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise Unfit("whole")
        value = int(text)
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Unfit("whole")
    return value


def record_id(value: Any) -> int:
    """The number of a record.

    >>> record_id(185), record_id(" 185"), record_id(185.0)
    (185, 185, 185)
    >>> [_unfit(record_id, value) for value in (0, -1, None, False, {"id": 1}, [1], "x")]
    ['record', 'record', 'record', 'record', 'record', 'record', 'record']
    """
    try:
        return whole(value, least=1)
    except Unfit:
        raise Unfit("record") from None


def record_ids(value: Any) -> list[int]:
    """The numbers of records; nothing means none.

    >>> record_ids([3, "1"]), record_ids(()), record_ids(None)
    ([3, 1], [], [])
    >>> _unfit(record_ids, [[1]]), _unfit(record_ids, 5), _unfit(record_ids, "15"), _unfit(record_ids, {"id": 1})
    ('records', 'records', 'records', 'records')
    """
    if value is None or value is False:
        return []
    if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
        raise Unfit("records")
    try:
        return [record_id(one) for one in value]
    except Unfit:
        raise Unfit("records") from None


def link(value: Any) -> int:
    """The number that a link holds; nothing is 0.

    >>> link(185), link(" 185"), link(185.0), link(None), link(False), link(""), link(0)
    (185, 185, 185, 0, 0, 0, 0)
    >>> [_unfit(link, value) for value in (True, -1, "1_0", "0x10", {"id": 1}, [], 2**31)]
    ['record', 'record', 'record', 'record', 'record', 'record', 'record']
    """
    if value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, int) and value == 0):
        return 0
    return record_id(value)


def numbers(value: Any) -> list[int]:
    """The numbers of records, also in a text, in which dialogs keep the records that they are about.

    >>> numbers("[185, 186]"), numbers("185"), numbers(""), numbers([185]), numbers(7)
    ([185, 186], [185], [], [185], [7])
    >>> _unfit(numbers, "[('id', '=', 185)]")
    'record'
    """
    if isinstance(value, str):
        value = value.strip().removeprefix("[").removesuffix("]").split(",")
    found = [link(one) for one in (value if isinstance(value, list | tuple) else [value])]
    return [number for number in found if number]


def text(value: Any) -> str:
    """A text that PostgreSQL can keep; nothing is the empty one.

    >>> text(" Harbour "), text(None), text(False), text(12)
    (' Harbour ', '', '', '12')
    >>> _unfit(text, 10**400), _unfit(text, float("inf"))
    ('text', 'text')
    >>> [_unfit(text, value) for value in ("a\\0b", "\\ud800", [], {}, True, b"x", float("nan"), "x" * 100_001)]
    ['text', 'text', 'text', 'text', 'text', 'text', 'text', 'text']
    """
    if value is None or value is False:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and -HUGE < value < HUGE:
        return str(value)
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST:
        raise Unfit("text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unfit("text") from None
    return value


def flag(value: Any) -> bool:
    """Yes or no.

    >>> flag(True), flag(0), flag(1.0), flag(None), flag("")
    (True, False, True, False, False)
    >>> _unfit(flag, "no"), _unfit(flag, 2), _unfit(flag, [])
    ('flag', 'flag', 'flag')
    """
    if value in NOTHING or (isinstance(value, bool | int | float) and value in (0, 1)):
        return bool(value)
    raise Unfit("flag")


def values(value: Any) -> dict:
    """Values by name; nothing means none.

    >>> values({"date": "2026-11-26"}), values(None)
    ({'date': '2026-11-26'}, {})
    >>> _unfit(values, []), _unfit(values, "x"), _unfit(values, {1: 2})
    ('values', 'values', 'values')
    """
    if value is None or value is False:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise Unfit("values")
    return value


def rows(value: Any) -> list:
    """Values by name, for each of several records.

    >>> rows([{"name": "Ada"}]), rows([])
    ([{'name': 'Ada'}], [])
    >>> _unfit(rows, None), _unfit(rows, ["x"]), _unfit(rows, [None])
    ('rows', 'rows', 'rows')
    """
    if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
        raise Unfit("rows")
    return value


def names(value: Any) -> list:
    """Names of fields.

    >>> names(["name", "phone"]), names(None)
    (['name', 'phone'], [])
    >>> _unfit(names, "name"), _unfit(names, [1])
    ('names', 'names')
    """
    if value is None or value is False:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise Unfit("names")
    return value


def table(value: Any) -> list:
    """Rows of a file, each a list of cells.

    >>> table([["Ada", "ada@example.com"]]), table([])
    ([['Ada', 'ada@example.com']], [])
    >>> _unfit(table, ["Ada"]), _unfit(table, {}), _unfit(table, [[{}]])
    ('table', 'table', 'table')
    """
    if not isinstance(value, list | tuple):
        raise Unfit("table")
    for row in value:
        if not isinstance(row, list | tuple) or any(isinstance(cell, list | tuple | Mapping) for cell in row):
            raise Unfit("table")
    return value


def optional(reader: Callable) -> Callable:
    """Return the same reader for an optional argument: an empty value is returned unchanged.

    >>> optional(record_id)(False), optional(flag)(None), optional(record_id)(7)
    (False, None, 7)
    """

    def read(value: Any) -> Any:
        return value if value is None or value is False or value == "" else reader(value)

    return read


def one(ids: tuple) -> tuple:
    """The numbers of a method that is called on one record.

    >>> one((7,))
    (7,)
    >>> _unfit(one, ()), _unfit(one, (1, 2)), _unfit(one, ("7",))
    ('one', 'one', 'records')
    """
    if len(any_number(ids)) != 1:
        raise Unfit("one")
    return ids


def some(ids: tuple) -> tuple:
    """The numbers of a method that is called on one record or more.

    >>> _unfit(some, ())
    'some'
    """
    if not any_number(ids):
        raise Unfit("some")
    return ids


def any_number(ids: tuple) -> tuple:
    """The numbers of a method that is called on any records. Records of a form that is not saved have no number yet.

    >>> any_number((1, 2)), any_number(())
    ((1, 2), ())
    >>> _unfit(any_number, ("1",)), _unfit(any_number, (2**31,)), _unfit(any_number, (True,)), _unfit(any_number, ([],))
    ('records', 'records', 'records', 'records')
    """
    for number in ids:
        if isinstance(number, bool | float | str | list | tuple | dict | set | bytes) or number is None:
            raise Unfit("records")
        if isinstance(number, int) and not 0 < number <= LARGEST:
            raise Unfit("records")
    return ids


def _unfit(reader: Callable, value: Any) -> str:
    """Return the kind of value that a reader expected; for the examples above."""
    try:
        return f"took {reader(value)!r}"
    except Unfit as unfit:
        return unfit.wanted
