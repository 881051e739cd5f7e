"""Which tags an incoming lead carries: its subject and body are searched for texts, amounts and zip codes.

Whoever writes to a sales team chooses the text, so the time grows with its length and no faster: the text is folded
once, every tag is one search in it, numbers and zip codes are collected once and looked up sorted.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

Kind = Literal["text", "money", "zip"]
Need = Literal["preferential", "exclusive", "required"]
Place = Literal["subject", "body"]

# Interchangeable one for one. Mail programs put other dashes and spaces for the plain ones.
DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014"
SPACES: Final = " \u00a0\u202f"
SEPARATORS: Final = SPACES + DASHES + ",._\n"
LONGEST_NAME: Final = 100
SHORTEST_NAME: Final = 2
SHORT_NAME: Final = 3
LONGEST_QUOTE: Final = 60
# No honest lead has more numbers than that; the rest of a longer list is not read.
MOST_NUMBERS: Final = 20_000
LONGEST_NUMBER: Final = 24

# `str.lower` makes two characters of this one; of the others it leaves two forms of the same letter.
_DOTTED_I: Final = "\u0130"
_SECOND_FORMS: Final = (("\u03c2", "\u03c3"), ("\u017f", "s"), ("\u00b5", "\u03bc"))

_RUN: Final = re.compile(rf"[0-9]+(?:[.,'\u2019{SPACES}][0-9]+)*")
_PART: Final = re.compile(rf"[^{SPACES}]+")
_FIRST_GROUP: Final = re.compile(r"[1-9][0-9]{0,2}")
_NEXT_GROUP: Final = re.compile(r"[0-9]{3}([.,][0-9]{1,2})?")
_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2}(?:([.,'\u2019])[0-9]{3})(?:\2[0-9]{3})*)(?:[.,]([0-9]{1,2}))?")
_LAKHS: Final = re.compile(r"([1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.([0-9]{1,2}))?")
_DECIMAL: Final = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]+))?")
_WORD_BEFORE: Final = re.compile(r"[^\W\d_]+$")
_WORD_AFTER: Final = re.compile(rf"([{SPACES}]?)([^\W\d_]*)")
_NOT_MONEY_AFTER: Final = re.compile(rf"[{SPACES}]?%|[/:][0-9]")
_DIGIT: Final = re.compile(r"[0-9]")
_TOKEN: Final = re.compile(r"[^\W_]+")
_CURRENCIES: Final = frozenset(
    re.findall(
        r"\S+",
        "aed ars aud bgn brl cad chf clp cny cop czk dkk egp eur gbp hkd huf idr ils inr jpy kes krw mad mxn myr ngn"
        " nok nzd pen php pkr pln ron rsd rub sar sek sgd thb try twd uah usd vnd xaf xof zar"
        " dollar dollars euro euros fr ft kr lei leu lv rs us z\u0142 zl",
    )
)
_SCALES: Final = {"k": 1_000, "m": 1_000_000}
_SCALE_WORDS: Final = {"mio": 1_000_000, "mln": 1_000_000, "million": 1_000_000, "millions": 1_000_000}


@dataclass(frozen=True, slots=True)
class Tag:
    """What is looked for in a lead.

    :param kind: a text, a range of money or a range of zip codes
    :param need: what the tag asks of an agent when a lead carries it
    :param low: the least of a range, included: a number, or a zip code; None: no bound
    :param high: the most of a range, included; zip codes have the length of ``low``
    """

    id: int
    text: str
    kind: Kind = "text"
    need: Need = "preferential"
    low: float | str | None = None
    high: float | str | None = None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a hit counts more or less than a plain one in the body; they multiply.

    :param subject: found in the subject
    :param short: the tag has two or three characters, which are easily found inside other words
    :param case: the letters are as large and small as in the tag
    """

    subject: float = 1.5
    short: float = 0.5
    case: float = 1.25


STATED: Final = Factors()


@dataclass(frozen=True, slots=True)
class Hit:
    """The best place at which a lead carries a tag.

    :param quote: what was found, with the text around it
    """

    tag_id: int
    factor: float
    place: Place
    quote: str


def find(tags: Iterable[Tag], subject: str, body: str, factors: Factors = STATED) -> dict[int, Hit]:
    """Say which tags a lead carries.

    >>> find([Tag(1, "A_B")], "", "Model A.B please")
    {1: Hit(tag_id=1, factor=0.625, place='body', quote='Model A.B please')}
    >>> find([Tag(1, "A_B")], "", "Models A, B")
    {}
    >>> find([Tag(1, "camper van")], "Camper-Van", "camper van")[1].factor
    1.5
    >>> find([Tag(1, "RV")], "RV", "")[1].factor == 1.5 * 0.5 * 1.25
    True
    >>> rich = Tag(2, "1k to 2k", "money", low=1_000, high=2_000)
    >>> [find([rich], "", text)[2].quote for text in ("$1,200.50", "1.200,50 \u20ac", "EUR 1500", "1'200", "1.2k")]
    ['$1,200.50', '1.200,50 \u20ac', 'EUR 1500', "1'200", '1.2k']
    >>> manhattan = Tag(3, "Manhattan", "zip", low="10001", high="10282")
    >>> [bool(find([manhattan], "", text)) for text in ("NY 10011", "10011-1234", "100111", "10300")]
    [True, True, False, False]
    """
    return Matcher(tags, factors).find(subject, body)


def check_name(text: str) -> str | None:
    """Say why a text cannot be a tag: ``empty``, ``comma``, ``too_long`` or ``too_short``; None when it can.

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
    """Say why a tag's range finds nothing: ``no_bound``, ``order`` or ``length``; None when it can.

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
        bounds = [_zip(bound) for bound in bounds]
    if not bounds:
        return "no_bound"
    if tag.kind == "zip" and len({len(bound) for bound in bounds}) > 1:
        return "length"
    return "order" if bounds[0] > bounds[-1] else None


def fold(text: str) -> str:
    """The text in which tags are looked for: small letters, a space for every separator; character for character.

    >>> fold("A_B.C") == fold("a-b c") == "a b c"
    True
    >>> fold("\u0130STANBUL"), fold("\u039f\u0394\u039f\u03a3"), len(fold("Stra\u00dfe"))
    ('istanbul', '\u03bf\u03b4\u03bf\u03c3', 6)
    """
    return _small(_spaced(text))


def amounts(text: str) -> dict[float, tuple[int, int]]:
    """The numbers of a text that may be money, and from where to where each stands first.

    Telephone numbers (that begin with a plus or a zero), dates, times, percentages and numbers that are part of a name
    (``A4``, ``500GB``) are left out where they can be told.

    >>> list(amounts("$1,200.50; 1.200,75 \u20ac; EUR 500; 2 000 000; 1'300; 15k; 1.2m; 0.5; 12,00,000; 3 mio"))
    [1200.5, 1200.75, 500.0, 2000000.0, 1300.0, 15000.0, 1200000.0, 0.5, 3000000.0]
    >>> list(amounts("+32 475 12 34 56, 0475 12 34, 12/05/2026, 12.05.2026, 10:30, 20%, A4, 500GB"))
    []
    """
    found: dict[float, tuple[int, int]] = {}
    for run in islice(_RUN.finditer(text), MOST_NUMBERS):
        for amount, start, end in _amounts_of(text, run.start(), run.end()):
            found.setdefault(amount, (start, end))
    return found


def zip_codes(text: str, lengths: Iterable[int]) -> dict[str, tuple[int, int]]:
    """The words of a text that may be zip codes, and from where to where each stands first.

    Such a word has a digit. Two words with one separator between them are also read as one; what follows a dash after
    digits is no zip code of its own.

    >>> list(zip_codes("1011 AB; SW1A 1AA; 12345-6789", {4, 5, 6, 7}))
    ['1011', '1011AB', 'SW1A', 'SW1A1AA', '12345']
    """
    lengths = frozenset(lengths)
    found: dict[str, tuple[int, int]] = {}
    if not _DIGIT.search(text):
        return found
    word, start, end = "", 0, -2
    for token in _TOKEN.finditer(text):
        before, began, ended = word, start, end
        word, start, end = token[0], token.start(), token.end()
        if not word.isascii():
            word = ""
            continue
        is_joined = bool(before) and start == ended + 1 and text[ended] in SEPARATORS
        has_digit = not word.isalpha()
        is_tail = is_joined and text[ended] in DASHES and before.isdigit() and word.isdigit()
        if has_digit and len(word) in lengths and not is_tail:
            found.setdefault(word.upper(), (start, end))
        if is_joined and len(before) + len(word) in lengths and (has_digit or not before.isalpha()):
            found.setdefault((before + word).upper(), (began, end))
    return found


class Matcher:
    """Tags made ready for many leads.

    >>> matcher = Matcher([Tag(1, "camper"), Tag(2, "boat")])
    >>> sorted(matcher.find("Camper or boat?", "")), sorted(matcher.find("", "My boat"))
    ([1, 2], [2])
    """

    __slots__ = ("factors", "money", "texts", "zips")

    def __init__(self, tags: Iterable[Tag], factors: Factors = STATED):
        self.factors = factors
        self.texts: list[tuple[int, str, str, float, float]] = []
        self.money: list[tuple[int, float, float]] = []
        self.zips: list[tuple[int, str, str]] = []
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
        # Nothing is the same case where there is no case: digits, and most scripts of the world.
        equal = plain * self.factors.case if name.lower() != name.upper() else plain
        self.texts.append((tag.id, fold(name), _spaced(name), plain, equal))

    def _add_range(self, tag: Tag) -> None:
        low, high = tag.low, tag.high
        if tag.kind == "money":
            self.money.append((tag.id, _bound(low, "-inf"), _bound(high, "inf")))
            return
        low, high = (_zip(bound) if bound else "" for bound in (low, high))
        is_numeric = (low or high).isdigit()
        self.zips.append((tag.id, low or "0" * len(high), high or ("9" if is_numeric else "Z") * len(low)))

    def find(self, subject: str, body: str) -> dict[int, Hit]:
        """Say which tags a lead carries, each by its best hit."""
        found: dict[int, Hit] = {}
        for place, text, factor in (("subject", subject, self.factors.subject), ("body", body, 1.0)):
            for tag_id, own, quote in self._hits(_unified(text or "")):
                if tag_id not in found or own * factor > found[tag_id].factor:
                    found[tag_id] = Hit(tag_id, own * factor, place, _quote(*quote))
        return found

    def _hits(self, text: str) -> Iterator[tuple[int, float, tuple[str, int, int]]]:
        # A name may ask for a separator around it ("_RV_"); the edge of the text is as good as one.
        text = f"\n{text}\n"
        if self.texts:
            yield from self._texts_in(text)
        if self.money:
            places = amounts(text)
            yield from _within(text, places, sorted(places), self.money)
        if self.zips:
            yield from self._zips_in(text)

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

    def _zips_in(self, text: str) -> Iterator[tuple[int, float, tuple[str, int, int]]]:
        places = zip_codes(text, {len(low) for _id, low, _high in self.zips})
        by_shape: dict[tuple[int, bool], list[str]] = {}
        for code in sorted(places):
            by_shape.setdefault((len(code), False), []).append(code)
            if code.isdigit():
                by_shape.setdefault((len(code), True), []).append(code)
        for row in self.zips:
            # Between 10000 and 19999 there is no 10A00, though it stands there in the alphabet.
            shape = len(row[1]), row[1].isdigit() and row[2].isdigit()
            yield from _within(text, places, by_shape.get(shape, []), [row])


def _within(text: str, places: dict, values: list, ranges: list[tuple]) -> Iterator[tuple]:
    """The smallest value in each range, with its place."""
    for tag_id, low, high in ranges:
        nr = bisect_left(values, low)
        if nr < len(values) and values[nr] <= high:
            yield tag_id, 1.0, (text, *places[values[nr]])


def _amounts_of(text: str, start: int, end: int) -> Iterator[tuple[float, int, int]]:
    """The amounts in a run of digits with separators between them."""
    before = text[max(0, start - 8) : start]
    first_word = _WORD_BEFORE.search(before)
    is_phone = before.endswith(("+", "#")) or (text[start] == "0" and text[start + 1 : start + 2].isdigit())
    if is_phone or (before[-1:] in ("/", ":") and before[-2:-1].isdigit()):
        return
    ending = text[end : end + 14]
    apart, word = _WORD_AFTER.match(ending).groups()
    scale = _scale(word.lower(), is_apart=bool(apart))
    if _NOT_MONEY_AFTER.match(ending):
        scale = None
    numbers = list(islice(_numbers(text, start, end), MOST_NUMBERS))
    for nr, (digits, begins, ends) in enumerate(numbers):
        is_last = nr == len(numbers) - 1
        if nr == 0 and first_word and first_word[0].lower() not in _CURRENCIES:
            continue
        times = scale if is_last else 1
        amount = _amount(digits, is_scaled=times not in (None, 1)) if times else None
        if amount is not None:
            yield round(amount * times, 6), begins, ends + (len(apart + word) if times != 1 else 0)


def _scale(word: str, *, is_apart: bool) -> int | None:
    """What a number is multiplied by, given the word after it; None: the number is no money."""
    if word in _SCALE_WORDS:
        return _SCALE_WORDS[word]
    if is_apart or not word or word in _CURRENCIES:
        return 1
    return _SCALES.get(word[0]) if not word[1:] or word[1:] in _CURRENCIES else None


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Tell ``2 000 000``, one number, from ``12 5000``, two.

    >>> [digits for digits, _start, _end in _numbers("2 000 000 12 5000 1 200,50", 0, 26)]
    ['2000000', '12', '5000', '1200,50']
    """
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


def _amount(digits: str, *, is_scaled: bool) -> float | None:
    """Read a number in any of the ways in which the world writes it; None when it is no number.

    >>> [_amount(digits, is_scaled=False) for digits in ("1.200", "1,200.5", "1.200.300", "1.2345", "1.2.3", "0.125")]
    [1200.0, 1200.5, 1200300.0, 1.2345, None, 0.125]
    >>> _amount("1.234", is_scaled=True)
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
    return None if is_code else float(f"{whole}.{cents or 0}")


def _bound(value: float | str | None, none: str) -> float:
    return float(none if value is None or value == "" else value)


def _zip(code: float | str) -> str:
    """A zip code without what may stand inside."""
    return "".join(filter(str.isalnum, str(code))).upper()


def _unified(text: str) -> str:
    """One character for the end of a line, so that it is one separator."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    """What was found with the text around it; what cannot be printed, or stored, is a space."""
    begin = max(0, start - max(0, LONGEST_QUOTE - (end - start)) // 2)
    piece = text[begin : begin + LONGEST_QUOTE]
    return "".join(letter if letter.isprintable() else " " for letter in piece).strip()
