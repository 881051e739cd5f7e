"""Cells of a CSV file that no spreadsheet takes for a formula."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(value: object) -> object:
    """A text that would start a formula gets an apostrophe in front; numbers stay numbers.

    >>> neutral("=1+1"), neutral("@SUM(A1)"), neutral("Anna"), neutral(-3)
    ("'=1+1", "'@SUM(A1)", 'Anna', -3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
