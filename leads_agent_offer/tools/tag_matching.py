"""Find the tags of an incoming lead: its subject and body are searched for texts, amounts and zip codes.

Anybody can send any text, so the time must be linear in its length: the text is folded once, each tag is one search in
it, and numbers and zip codes are collected once and looked up in sorted order.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from . import money
from .written_numbers import DASHES, SPACES
from .zip_codes import whole, zip_codes

Kind = Literal["text", "money", "zip"]
Need = Literal["preferential", "exclusive", "required"]
Place = Literal["subject", "body"]

SEPARATORS: Final = SPACES + DASHES + ",._\n"
LONGEST_NAME: Final = 100
SHORTEST_NAME: Final = 2
SHORT_NAME: Final = 3
LONGEST_QUOTE: Final = 60

# `str.lower` makes two characters of this one.
_DOTTED_I: Final = "\u0130"
# No language has more marks on a letter (Unicode, annex 15: Stream-Safe Text Format).
MOST_MARKS: Final = 30
_PILED_UP: Final = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS + 1},}}")
# Letters written in two ways, and invisible characters: the soft hyphen, zero-width characters.
_REWRITTEN: Final = {0xDF: "ss", 0x1E9E: "SS"} | dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
# Second forms of a letter that `str.lower` keeps.
_SECOND_FORMS: Final = (("\u03c2", "\u03c3"), ("\u017f", "s"), ("\u00b5", "\u03bc"))


@dataclass(frozen=True, slots=True)
class Tag:
    """What to search for in a lead.

    :param kind: a text, a range of money or a range of zip codes
    :param need: the requirement for agents if a lead has the tag
    :param low: inclusive lower bound of a range: a number or a zip code; None for no bound
    :param high: inclusive upper bound of a range; zip codes have the same length as ``low``
    :param country: country code of a range of zip codes; empty for any country
    """

    id: int
    text: str
    kind: Kind = "text"
    need: Need = "preferential"
    low: float | str | None = None
    high: float | str | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors of a hit relative to a plain one in the body; they multiply.

    :param subject: found in the subject
    :param short: the tag has two or three characters, which often occur inside other words
    :param case: same case as the tag
    """

    subject: float = 1.5
    short: float = 0.5
    case: float = 1.25


STATED: Final = Factors()


@dataclass(frozen=True, slots=True)
class Hit:
    """The best place where a tag was found in a lead.

    :param quote: the text found, with its context
    """

    tag_id: int
    factor: float
    place: Place
    quote: str


def find(tags: Iterable[Tag], subject: str, body: str, factors: Factors = STATED, country: str = "") -> dict[int, Hit]:
    """Return the tags found in a lead.

    :param country: country code of the lead, if known

    >>> find([Tag(1, "A_B")], "", "Model A.B please")
    {1: Hit(tag_id=1, factor=0.625, place='body', quote='Model A.B please')}
    >>> find([Tag(1, "A_B")], "", "Models A, B")
    {}
    >>> find([Tag(1, "camper van")], "Camper-Van", "camper van")[1].factor
    1.5
    >>> find([Tag(1, "RV")], "RV", "")[1].factor == 1.5 * 0.5 * 1.25
    True
    >>> rich = Tag(2, "1k to 2k", "money", low=1_000, high=2_000)
    >>> [find([rich], "", text)[2].quote for text in ("$1,200.50", "1.200,50 \u20ac", "CHF 1'200", "1.2k\u20ac")]
    ['$1,200.50', '1.200,50 \u20ac', "CHF 1'200", '1.2k\u20ac']
    >>> manhattan = Tag(3, "Manhattan", "zip", low="10001", high="10282")
    >>> [bool(find([manhattan], "", text)) for text in ("NY 10011", "10011-1234", "100111", "10300")]
    [True, True, False, False]
    >>> boston = Tag(4, "Boston", "zip", low="02101", high="02299", country="US")
    >>> [bool(find([boston], "", "Zip: 2134", country=country)) for country in ("US", "", "BE")]
    [True, True, False]
    """
    return Matcher(tags, factors).find(subject, body, country)


def check_name(text: str) -> str | None:
    """Return why a text cannot be a tag: ``empty``, ``comma``, ``too_long`` or ``too_short``; None if it can.

    >>> check_name("camper van"), check_name("RV")
    (None, None)
    >>> check_name(" - "), check_name("a, b"), check_name("x" * 101), check_name("x")
    ('empty', 'comma', 'too_long', 'too_short')
    """
    name = text.strip()
    if not name.strip(SEPARATORS):
        return "empty"
    if "," in name:
        return "comma"
    if len(name) > LONGEST_NAME:
        return "too_long"
    return "too_short" if len(name) < SHORTEST_NAME else None


def check_range(tag: Tag) -> str | None:
    """Return why the range of a tag is invalid: ``no_bound``, ``order`` or ``length``; None if it is valid.

    >>> check_range(Tag(1, "", "money", low=5)), check_range(Tag(1, "", "zip", low="1000", high="1999"))
    (None, None)
    >>> check_range(Tag(1, "", "money")), check_range(Tag(1, "", "money", low=5, high=4))
    ('no_bound', 'order')
    >>> check_range(Tag(1, "", "zip", low="1000", high="19999"))
    'length'
    """
    if tag.kind == "text":
        return None
    bounds = [bound for bound in (tag.low, tag.high) if bound is not None and bound != ""]
    if tag.kind == "zip":
        bounds = [whole(str(bound), tag.country) for bound in bounds]
    if not bounds:
        return "no_bound"
    if tag.kind == "zip" and len({len(bound) for bound in bounds}) > 1:
        return "length"
    return "order" if bounds[0] > bounds[-1] else None


def fold(text: str) -> str:
    """Return the text to search: lower case, a space for every separator, the same length.

    >>> fold("A_B.C") == fold("a-b c") == "a b c"
    True
    >>> fold("\u0130STANBUL"), fold("\u039f\u0394\u039f\u03a3"), len(fold("Stra\u00dfe"))
    ('istanbul', '\u03bf\u03b4\u03bf\u03c3', 6)
    """
    return _small(_spaced(text))


class Matcher:
    """Tags prepared for many leads.

    >>> matcher = Matcher([Tag(1, "camper"), Tag(2, "boat")])
    >>> sorted(matcher.find("Camper or boat?", "")), sorted(matcher.find("", "My boat"))
    ([1, 2], [2])
    """

    __slots__ = ("factors", "money", "texts", "zips")

    def __init__(self, tags: Iterable[Tag], factors: Factors = STATED):
        self.factors = factors
        self.texts: list[tuple[int, str, str, float, float]] = []
        self.money: list[tuple[int, float, float]] = []
        self.zips: dict[str, list[tuple[int, str, str]]] = {}
        for tag in tags:
            if tag.kind == "text":
                self._add_text(tag)
            elif check_range(tag) is None:
                self._add_range(tag)

    def _add_text(self, tag: Tag) -> None:
        name = _unified(tag.text).strip(" \n")
        if not name:
            return
        plain = self.factors.short if SHORTEST_NAME <= len(name) <= SHORT_NAME else 1.0
        # Case does not count for text without case: digits, and most scripts.
        equal = plain * self.factors.case if name.lower() != name.upper() else plain
        self.texts.append((tag.id, fold(name), _spaced(name), plain, equal))

    def _add_range(self, tag: Tag) -> None:
        low, high = tag.low, tag.high
        if tag.kind == "money":
            self.money.append((tag.id, _bound(low, "-inf"), _bound(high, "inf")))
            return
        low, high = (whole(str(bound), tag.country) if bound else "" for bound in (low, high))
        is_numeric = (low or high).isdigit()
        row = tag.id, low or "0" * len(high), high or ("9" if is_numeric else "Z") * len(low)
        self.zips.setdefault(tag.country, []).append(row)

    def find(self, subject: str, body: str, country: str = "") -> dict[int, Hit]:
        """Return the tags found in a lead, each with its best hit.

        :param country: country code of the lead, if known
        """
        found: dict[int, Hit] = {}
        for place, text, factor in (("subject", subject, self.factors.subject), ("body", body, 1.0)):
            for tag_id, own, quote in self._hits(_unified(text or ""), country):
                if tag_id not in found or own * factor > found[tag_id].factor:
                    found[tag_id] = Hit(tag_id, own * factor, place, _quote(*quote))
        return found

    def _hits(self, text: str, country: str) -> Iterator[tuple[int, float, tuple[str, int, int]]]:
        # A name may begin or end with a separator ("_RV_"); the edges of the text count as separators.
        text = f"\n{text}\n"
        if self.texts:
            yield from self._texts_in(text)
        if not self.money and not self.zips:
            return
        amounts: dict[float, tuple[int, int]] = {}
        taken = []
        for amount, start, end in money.places(text):
            amounts.setdefault(amount, (start, end))
            taken.append((start, end))
        yield from _within(text, amounts, sorted(amounts), self.money)
        for zone, rows in self.zips.items():
            # Skip if the countries of the range and of the lead are known and differ.
            if not zone or not country or zone == country:
                yield from _zips_in(text, rows, taken, zone or country)

    def _texts_in(self, text: str) -> Iterator[tuple[int, float, tuple[str, int, int]]]:
        spaced = _spaced(text)
        folded = _small(spaced)
        for tag_id, name, exact, plain, equal in self.texts:
            start = folded.find(name)
            if start < 0:
                continue
            factor = plain
            if equal != plain and (same := spaced.find(exact, start)) >= 0:
                start, factor = same, equal
            yield tag_id, factor, (text, start, start + len(name))


def _zips_in(
    text: str, rows: list[tuple[int, str, str]], taken: list[tuple[int, int]], country: str
) -> Iterator[tuple[int, float, tuple[str, int, int]]]:
    places = zip_codes(text, {len(low) for _id, low, _high in rows}, taken, country)
    by_shape: dict[tuple[int, bool], list[str]] = {}
    for code in sorted(places):
        by_shape.setdefault((len(code), False), []).append(code)
        if code.isdigit():
            by_shape.setdefault((len(code), True), []).append(code)
    for row in rows:
        # Compare digits with digits only: 10A00 sorts between 10000 and 19999.
        shape = len(row[1]), row[1].isdigit() and row[2].isdigit()
        yield from _within(text, places, by_shape.get(shape, []), [row])


def _within(text: str, places: dict, values: list, ranges: list[tuple]) -> Iterator[tuple]:
    """Yield the smallest value in each range, with its place."""
    for tag_id, low, high in ranges:
        nr = bisect_left(values, low)
        if nr < len(values) and values[nr] <= high:
            yield tag_id, 1.0, (text, *places[values[nr]])


def _bound(value: float | str | None, none: str) -> float:
    return float(none if value is None or value == "" else value)


def _unified(text: str) -> str:
    """Return the text in one normal form: composed letters, compatibility forms replaced, one kind of line break.

    >>> _unified("Cafe\u0301") == "Caf\u00e9", _unified("Stra\u00dfe"), _unified("he\u00adat")
    (True, 'Strasse', 'heat')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_REWRITTEN)
    # Sorting the marks of a letter takes quadratic time.
    text = _PILED_UP.sub(_with_few_marks, text)
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def _with_few_marks(signs: re.Match) -> str:
    kept, marks = [], 0
    for sign in signs[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def spelling(name: str) -> str:
    """Return the normal form that two spellings of a tag share.

    >>> spelling("heat pump") == spelling(" Heat-Pump ")
    True
    >>> spelling("_RV_") == spelling("RV")
    False
    """
    return fold(_unified(name).strip(" \n"))


def _spaced(text: str) -> str:
    for separator in SEPARATORS:
        text = text.replace(separator, " ")
    return text


def _small(text: str) -> str:
    text = text.replace(_DOTTED_I, "i").lower()
    for letter, plain in _SECOND_FORMS:
        text = text.replace(letter, plain)
    return text


def _quote(text: str, start: int, end: int) -> str:
    """Return the text found with its context; unprintable characters become spaces."""
    begin = max(0, start - max(0, LONGEST_QUOTE - (end - start)) // 2)
    piece = text[begin : begin + LONGEST_QUOTE]
    if not piece.isprintable():
        piece = "".join(letter if letter.isprintable() else " " for letter in piece)
    return piece.strip()
