"""The telephone numbers in a cell that people typed: each as it has to be dialled, or why there is none.

A number counts only when the numbering plan of its country confirms it (libphonenumber, as in Odoo's phone validation).
Digits are never put together across something that separates two numbers, and a number without a country prefix is
read by the country of the customer alone: by that of the company it would be somebody else's.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

# Beyond this a cell is a text, in which nobody looks for numbers.
LONGEST = 250
# Groups of digits in one run; more are a list of something else.
MOST_GROUPS = 24
# Groups of one number, dashes and slashes included.
MOST_PARTS = 11
# An extension is written shorter than a number.
LONGEST_EXTENSION = 7

# Marks of the direction of writing, and spaces without a width: left by copying from a page.
_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
_EXTENSION = re.compile(
    r"""
    \s* (?: ;\s*ext= | [;,]?\s*(?: extension | extn | ext | e[xX]t\.?\s*n[or]?° | xtn | poste | toestel | tst
            | durchwahl | dw | klappe | kl | int(?:erno)? | anexo | ramal | wewn | доб(?:авочный)? | вн )
        | [x\#*~](?=\s*\d) | [,;]{1,2}(?=\d{1,7}(?!\d)) )
    \s* [.:]? \s* \#? (?P<digits>\d{1,7})? (?![\d])
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Hours and days beside a number: "after 6 pm", "9:00-17:00", "ma-vr 9-17 uur".
_HOUR = r"\d{1,2}(?:[:.h]\d{2})?"
_UNIT = r"(?:[ap]\.?\s?m\b\.?|h\b|hrs?\b|hours?\b|uur\b|uhr\b|heures?\b|horas?\b|o'?clock\b|ч\b|час\w*)"
_TIMES = re.compile(
    rf"(?<![\d+]){_HOUR}(?:\s*(?:[-–]|to|till?|until|tot|bis|à|a|and|en|und|et)\s*{_HOUR})?\s*{_UNIT}"
    rf"|(?<![\d+])\d{{1,2}}:\d{{2}}(?:\s*[-–]\s*\d{{1,2}}:\d{{2}})?(?!\d)"
    rf"|\b(?:after|before|from|until|till?|nach|ab|vor|bis|na|voor|vanaf|tot|après|avant|dès|dopo|prima|después|antes)"
    rf"\s+{_HOUR}(?![\d ]*\d)",
    re.IGNORECASE,
)
# Digits with what may stand between the digits of one number.
_RUN = re.compile(r"\+?\(?\+?\d[\d ()./\-+]*")
# Countries of Odoo that dial by the numbering plan of another one.
_PLANS = {"XI": "GB"}
_TRUNK_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\uff0d\u30fc~]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it has to be dialled.

    >>> Number("+442079460123", "12").dial
    '+442079460123;ext=12'
    """

    e164: str
    extension: str = ""

    @property
    def dial(self) -> str:
        """As in a link after ``tel:`` (RFC 3966)."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164

    @property
    def shown(self) -> str:
        """As people read it."""
        number = phonenumbers.parse(self.e164)
        number.extension = self.extension or None
        return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says.

    :param numbers: in the order in which they stand there, each once
    :param remark: what was said beside them
    :param reason: why there is no number: ``empty``, ``country`` (digits that no country explains) or ``invalid``
    """

    numbers: tuple[Number, ...] = ()
    remark: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A cell of a customer or of one of the customer's contacts.

    :param is_own: it is the customer's own, not a contact's
    :param is_blocked: a number of it is on the do-not-call list
    """

    text: str
    cell: Cell = Cell()
    is_own: bool = True
    is_blocked: bool = False
    contact: str = ""


def choices(lines: Iterable[Line]) -> tuple[Number, ...]:
    """What to dial: the numbers of the first cell that has any, the customer's own first.

    >>> own = Line("call Jo", read_cell("call Jo"))
    >>> other = Line("+32 475 55 01 03", read_cell("+32 475 55 01 03"), is_own=False)
    >>> [number.dial for number in choices([own, other])]
    ['+32475550103']
    """
    return next((line.cell.numbers for line in lines if line.cell.numbers and not line.is_blocked), ())


def dialable(lines: Iterable[Line]) -> tuple[Number, ...]:
    """All numbers at which the customer can be called, each once."""
    return tuple(dict.fromkeys(number for line in lines if not line.is_blocked for number in line.cell.numbers))


def is_blocked(lines: Iterable[Line]) -> bool:
    """Whether the customer's own number is on the do-not-call list, or no number is left that is not.

    >>> is_blocked([Line("1", is_blocked=True)]), is_blocked([Line("1"), Line("2", is_own=False, is_blocked=True)])
    (True, False)
    >>> is_blocked([])
    False
    """
    blocked = [line for line in lines if line.is_blocked]
    return any(line.is_own for line in blocked) or (bool(blocked) and all(line.is_blocked for line in lines))


@lru_cache(maxsize=16_384)
def read_cell(text: str | None, country: str | None = None) -> Cell:
    """The numbers of a cell.

    :param country: ISO code of the country by which numbers without a prefix are read

    >>> read_cell("+44 (0)20 7946 0000").numbers
    (Number(e164='+442079460000', extension=''),)
    >>> [number.dial for number in read_cell("03 227 01 02 / 0475 55 01 03", "BE").numbers]
    ['+3232270102', '+32475550103']
    >>> cell = read_cell("0475 55 01 03 (after 6 pm)", "BE")
    >>> cell.numbers[0].dial, cell.remark
    ('+32475550103', 'after 6 pm')
    >>> [number.dial for number in read_cell("(530) 583-6985 x302/x2303", "US").numbers]
    ['+15305836985;ext=302', '+15305836985;ext=2303']
    >>> read_cell("0475 55 01 03").reason, read_cell("call the shop").reason, read_cell(" ").reason
    ('country', 'invalid', 'empty')
    """
    # What is longer is no number, and would be read for long.
    plain = _plain((text or "")[: 4 * LONGEST])
    if not plain:
        return Cell(reason="empty")
    if len(plain) > LONGEST:
        return Cell(remark=plain[:LONGEST], reason="invalid")
    region = _PLANS.get(country or "", country)
    region = region if region in phonenumbers.SUPPORTED_REGIONS else None
    if found := _whole(plain, region):
        return Cell((found,))
    numbers, remarks = [], []
    for piece in _pieces(plain):
        if isinstance(piece, _Run):
            found, rest = _numbers_of_run(piece, region)
            numbers += found
            remarks += rest
        else:
            remarks.append(piece)
    remark = " ".join(" ".join(remarks).split()).strip(" ,;:|/()[]-.")
    if numbers:
        return Cell(tuple(dict.fromkeys(numbers)), remark)
    digits = sum(char.isdigit() for char in plain)
    return Cell(remark=plain, reason="country" if digits >= 5 and not region and "+" not in plain else "invalid")


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits that may be one number or several, and the extensions that follow."""

    text: str
    extensions: tuple[str, ...] = ()


def _plain(text: str) -> str:
    """ASCII digits, plus signs and dashes, whatever the script.

    >>> _plain("\u0660\u0662 \u06f1\u06f2 \uff0b\uff13")
    '02 12 +3'
    """
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    text = "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char if char.isprintable() else "\n" for char in text
    )
    text = re.sub(r"\++", "+", _DASHES.sub("-", text)).strip()
    return re.sub(r"^tel:\s*(?!.*;phone-context=)", "", text, flags=re.IGNORECASE)


def _whole(text: str, region: str | None) -> Number | None:
    """A link (RFC 3966), or a number written with letters: what libphonenumber reads better than we do."""
    if ";phone-context=" in text or re.fullmatch(r"\+?[\d ()-]*\d[ -]?[A-Z]{3,}[A-Z\d -]*", text):
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            return None
        if phonenumbers.is_valid_number(number):
            return Number(_e164(number), (number.extension or "")[:LONGEST_EXTENSION])
    return None


def _pieces(text: str) -> list["_Run | str"]:
    """The runs of digits, and what stands between them, in their order."""
    pieces: list[_Run | str] = []
    position = 0
    times = [match.span() for match in _TIMES.finditer(text)]
    while position < len(text):
        match = _RUN.search(text, position)
        if not match:
            break
        start, end = match.span()
        # What is an hour is no part of a number.
        if time := next(((first, last) for first, last in times if first < end and last > start), None):
            first, last = time
            if first <= start:
                pieces.append(text[position : max(last, start + 1)])
                position = max(last, start + 1)
                continue
            end = first
        extensions, after = _extensions_at(text, end)
        pieces += [text[position:start], _Run(text[start:end], extensions)]
        position = max(after, start + 1)
    return [*pieces, text[position:]]


def _extensions_at(text: str, position: int) -> tuple[tuple[str, ...], int]:
    """Extensions that begin at a position, and where they end: several are several numbers."""
    extensions: list[str] = []
    # The run has taken the blanks and brackets before the word.
    while match := _EXTENSION.match(text, position):
        if digits := match["digits"]:
            extensions.append(digits)
        position = match.end()
        if not digits or not (more := re.match(r"\s*/\s*(?=\D)", text[position:])):
            break
        position += more.end()
    return tuple(extensions), position


def _numbers_of_run(run: _Run, region: str | None) -> tuple[list[Number], list[str]]:
    """The numbers of a run, and the digits of it that are none."""
    parts = re.split(r"(?<=[\d)])\s*(?=\+)|\s*(?<=\d)/(?=\s)\s*|(?<=\s)/\s*", run.text)
    numbers: list[Number] = []
    rest: list[str] = []
    for part in filter(None, map(str.strip, parts)):
        found, left = _split(part, region)
        numbers += [Number(e164) for e164 in found]
        rest += left
    if numbers and run.extensions:
        last = numbers.pop()
        numbers += [Number(last.e164, extension) for extension in run.extensions]
    elif run.extensions:
        rest += run.extensions
    return numbers, rest


def _split(part: str, region: str | None) -> tuple[list[str], list[str]]:
    """One number where the whole is one, else the numbers that together use most of the digits.

    :returns: numbers, and what is left over; no number when it can be read in two ways
    """
    if _may_be_one(part, region) and (whole := _parse(part, region)):
        return [whole], []
    groups = re.findall(r"\+?\(?\+?\d+\)?|\S", part)
    readings = _readings(groups, region) if 1 < len(groups) <= MOST_GROUPS else set()
    if len(readings) != 1:
        return [], [part]
    [(numbers, rest)] = readings
    # The digits after a prefix that is left over belong to it: by another country they would be somebody else's.
    if rest and rest[0] == groups[0] and groups[0].lstrip("(").startswith(("+", "00")):
        return [], [part]
    # Digits beside a number that does not say where it begins may belong to it.
    if rest and not part.lstrip(" (").startswith("+") and not _trunk(region):
        return [], [part]
    return list(numbers), list(rest)


def _may_be_one(part: str, region: str | None) -> bool:
    """Whether a slash, if there is one, stands after an area code ("02/633 12 34"), not between two endings."""
    before, slash, _after = part.partition("/")
    before = _TRUNK_IN_BRACKETS.sub("", before)
    digits = re.sub(r"\D", "", before)
    most = 8 if before.lstrip(" (").startswith(("+", "00")) else 5
    return not slash or (len(digits) <= most and not _parse(before, region))


def _trunk(region: str | None) -> str:
    """The digit with which national numbers begin, where there is one for all."""
    metadata = region and phonenumbers.PhoneMetadata.metadata_for_region(region)
    return "0" if metadata and metadata.national_prefix == "0" else ""


def _readings(groups: list[str], region: str | None) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Ways to read groups of digits as numbers that leave the fewest groups over, each as ``(numbers, rest)``.

    Of several national numbers each has to begin as its country wants it.
    """

    def is_digits(group: str) -> bool:
        return group.strip("+()").isdigit()

    trunk = _trunk(region)
    ways: list[dict[tuple[tuple[str, ...], tuple[str, ...]], int]] = [{((), ()): 0}]
    for end in range(1, len(groups) + 1):
        last = groups[end - 1]
        if not is_digits(last):
            ways.append(ways[-1])
            continue
        found = {(numbers, (*rest, last)): left + 1 for (numbers, rest), left in ways[-1].items()}
        for start in range(max(0, end - MOST_PARTS), end):
            text = " ".join(groups[start:end])
            if (
                is_digits(groups[start])
                and text.lstrip("(").startswith(("+", "00", trunk))
                and _may_be_one(text, region)
                and (number := _parse(text, region))
            ):
                for (numbers, rest), left in ways[start].items():
                    found[(*numbers, number), rest] = left
        least = min(found.values())
        ways.append({way: left for way, left in found.items() if left <= least + 1})
    least = min(ways[-1].values())
    return {way for way, left in ways[-1].items() if left == least and way[0]}


@lru_cache(maxsize=16_384)
def _parse(text: str, region: str | None) -> str | None:
    """One number in E.164, or None when the numbering plan does not confirm it."""
    digits = re.sub(r"[^\d+]", "", text)
    if len(digits) > 20 or "+" in digits[1:]:
        return None
    attempts = [text]
    if "(" in text:
        attempts.append(_TRUNK_IN_BRACKETS.sub("", text))
    if digits.startswith("00"):
        attempts += ["+" + attempt.strip(" (")[2:] for attempt in attempts]
    for attempt in attempts:
        if not region and not attempt.lstrip(" (").startswith("+"):
            continue
        try:
            number = phonenumbers.parse(attempt, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return _e164(number)
    return None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
