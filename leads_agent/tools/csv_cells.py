"""Cells of a CSV file that spreadsheets do not run as formulas."""

import re
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# How programs write digits that a spreadsheet should keep as text.
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def neutral(value: object) -> object:
    """Return the cell, with an apostrophe before a text that would start a formula; numbers are unchanged.

    >>> neutral("=1+1"), neutral("@SUM(A1)"), neutral("Anna"), neutral(-3)
    ("'=1+1", "'@SUM(A1)", 'Anna', -3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def natural(value: object) -> object:
    """Reverse :func:`neutral`: remove the apostrophe, and the formula around a text.

    >>> natural("'+32 2 555 01 23"), natural("'t Hof"), natural("'=1+1"), natural(7)
    ('+32 2 555 01 23', "'t Hof", '=1+1', 7)
    >>> natural('="0470123456"'), natural('="a ""b"" c"'), natural('="a"&"b"')
    ('0470123456', 'a "b" c', '="a"&"b"')
    """
    if not isinstance(value, str):
        return value
    if found := _TEXT_FORMULA.fullmatch(value):
        return found[1].replace('""', '"')
    return value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA_STARTS) else value
