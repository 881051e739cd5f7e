"""Rows of a file of leads: the content of cells, and which rows are about the same person."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

# Placeholders that people type for an empty value.
_NOTHING = re.compile(r"[\s\-\u2013\u2014./?_']*|n\s*[/.]?\s*a\.?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_DIGITS = re.compile(r"(\d{8,15})(?:[.,]0+)?")
_QUOTED = re.compile(r"'([^']+)'?")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Person:
    """The identifying data of a row or a contact."""

    code: str | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()  # each in all its forms
    name: str = ""
    ref: str = ""  # a database ID or an external ID

    def contradicts(self, other: "Person") -> bool:
        """Whether two entries with the same number cannot be one person, judging by e-mails and names.

        >>> ada = Person(emails=frozenset({"ada@example.com"}), name="Ada Moreau")
        >>> ada.contradicts(Person(name="MOREAU, A.")), ada.contradicts(Person(name="Ben Sato"))
        (False, True)
        >>> ada.contradicts(Person(emails=frozenset({"ben@example.com"})))
        True
        """
        if self.emails and other.emails and not self.emails & other.emails:
            return True
        return not _may_be_one_name(self.name, other.name)

    def is_listed_beside(self, other: "Person") -> bool:
        """Whether two entries with the same e-mail, such as an office's, differ in code or ID and in name.

        >>> ada, ben = Person(code="C-1", name="Ada Moreau"), Person(code="C-2", name="Ben Sato")
        >>> ada.is_listed_beside(ben), ada.is_listed_beside(Person(code="C-2", name="Moreau A."))
        (True, False)
        >>> ada.is_listed_beside(Person(name="Ben Sato"))
        False
        """
        refs, codes = {self.ref, other.ref} - {""}, {self.code, other.code} - {None}
        return max(len(refs), len(codes)) == 2 and not _may_be_one_name(self.name, other.name)


def stripped(cell: object) -> object:
    """Return a text without surrounding spaces and invisible characters.

    >>> stripped(" Prospect\u00a0\u200b "), stripped(7)
    ('Prospect', 7)
    """
    if not isinstance(cell, str):
        return cell
    start, end = 0, len(cell)
    while start < end and _is_unseen(cell[start]):
        start += 1
    while start < end and _is_unseen(cell[end - 1]):
        end -= 1
    return cell[start:end]


def is_blank(cell: object) -> bool:
    """
    >>> is_blank(" \u200b"), is_blank("n"), is_blank([]), is_blank(None), is_blank(0)
    (True, False, True, True, False)
    """
    return cell is None or cell is False or cell == [] or stripped(cell) == ""


def is_placeholder(cell: object) -> bool:
    """Whether a phone or e-mail cell is blank, or has a placeholder for an empty value.

    >>> is_placeholder(""), is_placeholder(" - "), is_placeholder("n/a"), is_placeholder("0470")
    (True, True, True, False)
    """
    return is_blank(cell) or bool(_NOTHING.fullmatch(str(cell)))


def plain(text: str) -> str:
    """Return a text without invisible characters and surrounding quotes.

    >>> plain("\u202a+32 470\u202c"), plain("'0470"), plain("'ada@example.com'"), plain("'t Hof' <hof@example.com>")
    ('+32 470', '0470', 'ada@example.com', "'t Hof' <hof@example.com>")
    """
    seen = stripped("".join(char for char in text if unicodedata.category(char) != "Cf"))
    quoted = _QUOTED.fullmatch(seen)
    return quoted[1] if quoted else seen


def short(text: str, most: int) -> str:
    """
    >>> short("Ada Moreau", 10), short("Ada Moreau", 4)
    ('Ada Moreau', 'Ada\u2026')
    """
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def rectangular(rows: list[list], has_header: bool) -> list[list]:
    """Return rows of equal length: spreadsheets drop blank cells at the end of a row, or add some.

    :raises ValueError: with the index of a row that has more values than the header, e.g. after an unquoted comma

    >>> rectangular([["a", "b"], ["1"], ["2", "3", " ", ""]], True)
    [['a', 'b'], ['1', ''], ['2', '3']]
    >>> rectangular([["1"], ["2", "3"]], False)
    [['1', ''], ['2', '3']]
    """
    width = max((len(row) for row in (rows[:1] if has_header else rows)), default=0)
    for nr, row in enumerate(rows):
        if any(not is_blank(cell) for cell in row[width:]):
            raise ValueError(nr)
    return [[*row, *[""] * (width - len(row))][:width] for row in rows]


def is_below(row: Sequence, below: Sequence[int]) -> bool:
    """Whether a row has values only in some columns, so that it continues the record above.

    >>> is_below(["", "Andy"], [1]), is_below(["Ada", "Ann"], [1]), is_below(["", ""], [1])
    (True, False, False)
    """
    return bool(below) and {place for place, cell in enumerate(row) if cell} <= {*below} and any(row)


def external_id(text: str | None) -> str:
    """Return an external ID as Odoo completes one without a module.

    >>> external_id("003A"), external_id("base.fr"), external_id("")
    ('__import__.003A', 'base.fr', '')
    """
    return text if text and "." in text else f"__import__.{text}" if text else ""


def blocks(rows: Sequence[Sequence], below: Sequence[int]) -> dict[int, list[int]]:
    """Return the rows of each record: its first row, and the rows below that continue it.

    >>> blocks([["Ada", "Ann"], ["", "Andy"], ["Ben", ""], ["", ""]], [1])
    {0: [0, 1], 2: [2], 3: [3]}
    """
    found = {}
    for nr, row in enumerate(rows):
        if found and is_below(row, below):
            found[next(reversed(found))].append(nr)
        else:
            found[nr] = [nr]
    return found


def phone_readings(text: str) -> list[str]:
    """Return possible readings of a phone cell, undoing changes by a spreadsheet; the first valid number counts.

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
    """Whether scientific notation includes all digits of the number."""
    mantissa, _, exponent = text.lower().replace("e+", "e").partition("e")
    return len(re.sub(r"\D", "", mantissa)) == int(exponent) + 1


class Match(NamedTuple):
    """The lead of a row, and how it was matched: ``id``, ``code``, ``email``, ``phone``, or an earlier ``row``."""

    lead_id: int | None = None
    by: str | None = None


class Known:
    """Persons by ID or row, found by ID, else by code, else by e-mail, else by number.

    :param of_one_file: whether all codes come from the file; contacts not from it have codes of our own

    >>> known = Known()
    >>> known.add(7, Person(phones=frozenset({"+32470123456"}), name="Ada"))
    >>> known.find(Person(phones=frozenset({"+32470123456"}), name="Ada Moreau"))
    Match(lead_id=7, by='phone')
    >>> known.find(Person(phones=frozenset({"+32470123456"}), name="Ben"))
    Match(lead_id=None, by=None)
    """

    def __init__(self, of_one_file: bool = False):
        self._of_one_file = of_one_file
        self._by_ref, self._by_code, self._by_email, self._by_phone = {}, {}, {}, {}

    def add(self, key: int, one: Person) -> None:
        """Add a person; the first one added is found first."""
        if one.ref:
            self._by_ref.setdefault(one.ref, key)
        if one.code:
            self._by_code.setdefault(one.code, key)
        for email in one.emails:
            self._by_email.setdefault(email, []).append((key, one))
        for number in one.phones:
            self._by_phone.setdefault(number, []).append((key, one))

    def find(self, one: Person) -> Match:
        """Return the match for a person: by ID, else by code, else by e-mail, else by number."""
        return next(self.find_all(one), Match())

    def find_all(self, one: Person) -> Iterator[Match]:
        """Yield all possible matches for a person, the most reliable first."""
        if one.ref in self._by_ref:
            yield Match(self._by_ref[one.ref], "id")
        if one.code in self._by_code:
            yield Match(self._by_code[one.code], "code")
        for email in sorted(one.emails):
            for key, other in self._by_email.get(email, ()):
                if not (self._of_one_file and one.is_listed_beside(other)):
                    yield Match(key, "email")
        for number in sorted(one.phones):
            for key, other in self._by_phone.get(number, ()):
                if not one.contradicts(other):
                    yield Match(key, "phone")


def split_repeated(
    persons: Mapping[int, Person], matches: Mapping[int, Match]
) -> tuple[dict[int, Match], dict[int, int]]:
    """Split rows into the first about each person, and the others.

    :param persons: ``{row: Person}``
    :param matches: ``{row: Match}`` with known leads
    :returns: ``{row: Match}``, and ``{row: earlier row}`` about the same person

    >>> ada, ben = Person(emails=frozenset({"ada@example.com"})), Person(name="Ben")
    >>> split_repeated({0: ada, 1: ben, 4: ada}, dict.fromkeys((0, 1, 4), Match()))[1]
    {4: 0}
    >>> split_repeated({0: ada, 1: ben}, {0: Match(7, "code"), 1: Match(7, "phone")})[1]
    {1: 0}
    >>> ada, ben = Person(code="C-1", name="Ada"), Person(code="C-2", name="Ben")
    >>> split_repeated({0: ada, 1: ben}, dict.fromkeys((0, 1), Match(7, "email")))
    ({0: Match(lead_id=7, by='email'), 1: Match(lead_id=None, by=None)}, {})
    >>> mails, numbers = frozenset({"ada@example.com"}), frozenset({"+32470123456"})
    >>> rows = {0: Person(emails=mails), 1: Person(phones=numbers), 2: Person(emails=mails, phones=numbers)}
    >>> split_repeated(rows, dict.fromkeys(rows, Match()))
    ({0: Match(lead_id=None, by=None)}, {1: 0, 2: 0})
    """
    known, seen, first, groups = Known(of_one_file=True), {}, {}, {}
    for row, one in persons.items():
        match = matches[row]
        earlier = seen.setdefault(match.lead_id, row) if match.lead_id else None
        if earlier is not None and match.by == "email" and persons[earlier].is_listed_beside(one):
            match, earlier = Match(), None
        if not match.lead_id:
            # A row may reveal that two rows before it are about one person.
            found = list(
                dict.fromkeys(
                    groups[found.lead_id][0]
                    for found in known.find_all(one)
                    if found.by != "phone" or not any(one.contradicts(persons[a]) for a in groups[found.lead_id])
                )
            )
            earlier = found[0] if found else None
            for other in found[1:]:
                if not any(persons[a].contradicts(persons[b]) for a in groups[earlier] for b in groups[other]):
                    first.pop(max(earlier, other))
                    rows = sorted(groups[earlier] + groups[other])
                    groups |= dict.fromkeys(rows, rows)
                    earlier = rows[0]
            known.add(row, one)
        if earlier is None or earlier == row:
            first[row], groups[row] = match, [row]
        else:
            groups[earlier].append(row)
            groups[row] = groups[earlier]
    return first, {row: groups[row][0] for row in persons if row not in first}


def _may_be_one_name(one: str, other: str) -> bool:
    """Whether each word of the shorter name matches a word of the longer one, or its initial.

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


def _is_unseen(char: str) -> bool:
    """Whether a character is a space or has no width, such as a direction mark, soft hyphen or byte order mark."""
    return char.isspace() or unicodedata.category(char) == "Cf"


def _words(name: str) -> Sequence[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))
