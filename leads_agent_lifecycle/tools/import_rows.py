"""Rows of a file of leads: what their cells say, and which of them are about one person."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

# What people type where there is nothing.
_NOTHING = re.compile(r"[\s\-\u2013\u2014./?_']*|n\s*[/.]?\s*a\.?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_DIGITS = re.compile(r"(\d{8,15})(?:[.,]0+)?")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Person:
    """What a row, or a contact, says of who it is."""

    code: str | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()  # each in all of its forms
    name: str = ""

    def contradicts(self, other: "Person") -> bool:
        """Whether two who share a number cannot be one person, going by their e-mails and names.

        >>> ada = Person(emails=frozenset({"ada@example.com"}), name="Ada Moreau")
        >>> ada.contradicts(Person(name="MOREAU, A.")), ada.contradicts(Person(name="Ben Sato"))
        (False, True)
        >>> ada.contradicts(Person(emails=frozenset({"ben@example.com"})))
        True
        """
        if self.emails and other.emails and not self.emails & other.emails:
            return True
        return not _may_be_one_name(self.name, other.name)


def is_blank(cell: object) -> bool:
    """
    >>> is_blank(" "), is_blank("n"), is_blank([]), is_blank(None), is_blank(0)
    (True, False, True, True, False)
    """
    return cell is None or cell is False or cell == [] or (isinstance(cell, str) and not cell.strip())


def says_nothing(cell: object) -> bool:
    """Whether the cell of a number or an address is blank, or has what people type where there is nothing.

    >>> says_nothing(""), says_nothing(" - "), says_nothing("n/a"), says_nothing("0470")
    (True, True, True, False)
    """
    return is_blank(cell) or bool(_NOTHING.fullmatch(str(cell)))


def phone_readings(text: str) -> list[str]:
    """What the cell of a number may say, with what a spreadsheet made of it undone; the first that is a number counts.

    >>> phone_readings("0470 12 34 56"), phone_readings("32470123456.0")
    (['0470 12 34 56'], ['+32470123456', '32470123456'])
    >>> phone_readings("3.2470123456E+10"), phone_readings("3.247E+10")
    (['+32470123456', '32470123456'], [])
    >>> phone_readings("470123456"), phone_readings("+32470123456")
    (['470123456', '+470123456'], ['+32470123456'])
    """
    text = text.strip()
    if _SCIENTIFIC.fullmatch(text):
        digits = str(int(Decimal(text.replace(",", ".")))) if _is_whole(text) else ""
        return [f"+{digits}", digits] if digits else []
    if not (found := _DIGITS.fullmatch(text)):
        return [text]
    digits, changed = found[1], found[0] != found[1]
    return [f"+{digits}", digits] if changed else [digits, f"+{digits}"]


def _is_whole(text: str) -> bool:
    """Whether scientific notation has all digits of the number."""
    mantissa, _, exponent = text.lower().replace("e+", "e").partition("e")
    return len(re.sub(r"\D", "", mantissa)) == int(exponent) + 1


class Match(NamedTuple):
    """Who a row is about, and by what that was found: ``code``, ``email``, ``phone``, or an earlier ``row``."""

    lead_id: int | None = None
    by: str | None = None


class Known:
    """Persons, each with an id or a row by which they are found: by code, else by e-mail, else by a number.

    >>> known = Known()
    >>> known.add(7, Person(phones=frozenset({"+32470123456"}), name="Ada"))
    >>> known.find(Person(phones=frozenset({"+32470123456"}), name="Ada Moreau"))
    Match(lead_id=7, by='phone')
    >>> known.find(Person(phones=frozenset({"+32470123456"}), name="Ben"))
    Match(lead_id=None, by=None)
    """

    def __init__(self):
        self._by_code, self._by_email, self._by_phone = {}, {}, {}

    def add(self, key: int, one: Person) -> None:
        """Who was added first is found first."""
        if one.code:
            self._by_code.setdefault(one.code, key)
        for email in one.emails:
            self._by_email.setdefault(email, key)
        for number in one.phones:
            self._by_phone.setdefault(number, []).append((key, one))

    def find(self, one: Person) -> Match:
        """The same person, found by a code, else by an e-mail, else by a number."""
        if one.code in self._by_code:
            return Match(self._by_code[one.code], "code")
        for email in sorted(one.emails):
            if email in self._by_email:
                return Match(self._by_email[email], "email")
        for number in sorted(one.phones):
            for key, other in self._by_phone.get(number, ()):
                if not one.contradicts(other):
                    return Match(key, "phone")
        return Match()


def repeats(persons: Sequence[Person], matches: Sequence[Match]) -> dict[int, int]:
    """Rows about somebody of whom an earlier row is: ``{row: earlier row}``.

    :param matches: whom of those who are known the rows are about

    >>> ada, ben = Person(emails=frozenset({"ada@example.com"})), Person(name="Ben")
    >>> repeats([ada, ben, ada], [Match()] * 3), repeats([ada, ben], [Match(7, "code"), Match(7, "phone")])
    ({2: 0}, {1: 0})
    """
    new, seen, found = Known(), {}, {}
    for row, (one, match) in enumerate(zip(persons, matches, strict=True)):
        first = seen.setdefault(match.lead_id, row) if match.lead_id else new.find(one).lead_id
        if first is not None and first != row:
            found[row] = first
        elif first is None:
            first = row
        if not match.lead_id:
            new.add(first, one)
    return found


def _may_be_one_name(one: str, other: str) -> bool:
    """Whether each word of the shorter name stands for a word of the longer one: itself, or its first letter.

    >>> _may_be_one_name("Zoe", "Zoé Dupont"), _may_be_one_name("", "Zoe"), _may_be_one_name("Bo Li", "Bo Lee")
    (True, True, False)
    """
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    rest = list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        fits = next((has for has in rest if has == word or (1 in (len(has), len(word)) and has[0] == word[0])), None)
        if fits is None:
            return False
        rest.remove(fits)
    return True


def _words(name: str) -> Sequence[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))
