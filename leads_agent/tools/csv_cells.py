"""Cells of a CSV file that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(value: object) -> object:
    """A text that would start a formula gets an apostrophe in front; numbers stay numbers.

    >>> neutral("=1+1"), neutral("@SUM(A1)"), neutral("Anna"), neutral(-3)
    ("'=1+1", "'@SUM(A1)", 'Anna', -3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def natural(value: object) -> object:
    """The reverse: a text that came back with the apostrophe loses it.

    >>> natural("'+32 2 555 01 23"), natural("'t Hof"), natural("'=1+1"), natural(7)
    ('+32 2 555 01 23', "'t Hof", '=1+1', 7)
    """
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA_STARTS) else value


def as_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as the text of a CSV file; nothing is an empty cell.

    >>> print(as_csv(["Name", "Leads"], [["=1", 2], [None, 0]]).replace("\\r", ""), end="")
    Name,Leads
    '=1,2
    ,0
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([neutral("" if value is None else value) for value in row] for row in rows)
    return file.getvalue()
