"""The phone numbers in a text field: each as it has to be dialled, or why there is none.

A number only counts when the numbering plan of its country confirms it (libphonenumber, as in Odoo's phone validation).
Digits are never joined across a character that separates two numbers. A number without a country prefix is read with
the customer's country only: with the company's country, it could be somebody else's number.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

# A longer text is not searched for numbers.
LONGEST = 250
# The maximum number of digit groups in one run; more are a list of something else.
MOST_GROUPS = 24
# The maximum number of groups in one number, including dashes and slashes.
MOST_PARTS = 11
# Extensions are shorter than phone numbers.
LONGEST_EXTENSION = 7

# Invisible characters, such as direction marks, that are copied from web pages.
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
# Digits, and the characters allowed between the digits of one number.
_RUN = re.compile(r"\+?\(?\+?\d[\d ()./\-+]*")
# Countries of Odoo that use the numbering plan of another country.
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
        """The number for a ``tel:`` link (RFC 3966)."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164

    @property
    def shown(self) -> str:
        """The number in a readable format."""
        number = phonenumbers.parse(self.e164)
        number.extension = self.extension or None
        return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class Cell:
    """The parsed text of a phone field.

    :param numbers: in the order of the text, without duplicates
    :param remark: other text beside the numbers
    :param reason: why there is no number: ``empty``, ``country`` (digits, but no country to read them with) or
        ``invalid``
    """

    numbers: tuple[Number, ...] = ()
    remark: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A phone field of a customer or of one of the customer's contacts.

    :param is_own: it is the customer's own, not a contact's
    :param is_blocked: one of its numbers is on the do-not-call list
    """

    text: str
    cell: Cell = Cell()
    is_own: bool = True
    is_blocked: bool = False
    contact: str = ""


def choices(lines: Iterable[Line]) -> tuple[Number, ...]:
    """Return the numbers to dial: those of the first field that has any, the customer's own first.

    >>> own = Line("call Jo", read_cell("call Jo"))
    >>> other = Line("+32 475 55 01 03", read_cell("+32 475 55 01 03"), is_own=False)
    >>> [number.dial for number in choices([own, other])]
    ['+32475550103']
    """
    return next((line.cell.numbers for line in lines if line.cell.numbers and not line.is_blocked), ())


def dialable(lines: Iterable[Line]) -> tuple[Number, ...]:
    """Return all numbers at which the customer can be called, without duplicates."""
    return tuple(dict.fromkeys(number for line in lines if not line.is_blocked for number in line.cell.numbers))


def is_blocked(lines: Iterable[Line]) -> bool:
    """Whether the customer's own number is on the do-not-call list, or all numbers are.

    >>> is_blocked([Line("1", is_blocked=True)]), is_blocked([Line("1"), Line("2", is_own=False, is_blocked=True)])
    (True, False)
    >>> is_blocked([])
    False
    """
    blocked = [line for line in lines if line.is_blocked]
    return any(line.is_own for line in blocked) or (bool(blocked) and all(line.is_blocked for line in lines))


@lru_cache(maxsize=16_384)
def read_cell(text: str | None, country: str | None = None) -> Cell:
    """Return the numbers of a phone field.

    :param country: ISO code of the country for numbers without a prefix

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
    # A longer text is no phone number, and parsing it would take long.
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
    """Digits that may be one or several numbers, and the extensions that follow."""

    text: str
    extensions: tuple[str, ...] = ()


def _plain(text: str) -> str:
    """Convert digits, plus signs and dashes of any script to ASCII.

    >>> _plain("٠٢ ۱۲ ＋３")
    '02 12 +3'
    """
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    text = "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char if char.isprintable() else "\n" for char in text
    )
    text = re.sub(r"\++", "+", _DASHES.sub("-", text)).strip()
    return re.sub(r"^tel:\s*(?!.*;phone-context=)", "", text, flags=re.IGNORECASE)


def _whole(text: str, region: str | None) -> Number | None:
    """Parse a link (RFC 3966) or a number with letters, which libphonenumber does better than this module."""
    if ";phone-context=" in text or re.fullmatch(r"\+?[\d ()-]*\d[ -]?[A-Z]{3,}[A-Z\d -]*", text):
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            return None
        if phonenumbers.is_valid_number(number):
            return Number(_e164(number), (number.extension or "")[:LONGEST_EXTENSION])
    return None


def _pieces(text: str) -> list["_Run | str"]:
    """Return the runs of digits and the text between them, in order."""
    pieces: list[_Run | str] = []
    position = 0
    times = [match.span() for match in _TIMES.finditer(text)]
    while position < len(text):
        match = _RUN.search(text, position)
        if not match:
            break
        start, end = match.span()
        # The digits of an hour do not belong to a number.
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
    """Return the extensions at a position, and where they end: several extensions make several numbers."""
    extensions: list[str] = []
    # The run already includes the spaces and brackets before the word.
    while match := _EXTENSION.match(text, position):
        if digits := match["digits"]:
            extensions.append(digits)
        position = match.end()
        if not digits or not (more := re.match(r"\s*/\s*(?=\D)", text[position:])):
            break
        position += more.end()
    return tuple(extensions), position


def _numbers_of_run(run: _Run, region: str | None) -> tuple[list[Number], list[str]]:
    """Return the numbers of a run, and the digits that belong to none."""
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
    """Return the whole as one number if possible, else the numbers that together use most of the digits.

    :returns: numbers, and the remaining digits; no number if it can be read in two ways
    """
    if _may_be_one(part, region) and (whole := _parse(part, region)):
        return [whole], []
    groups = re.findall(r"\+?\(?\+?\d+\)?|\S", part)
    readings = _readings(groups, region) if 1 < len(groups) <= MOST_GROUPS else set()
    if len(readings) != 1:
        return [], [part]
    [(numbers, rest)] = readings
    # A prefix that is left over belongs to the digits after it: read with another country, they are somebody else's
    # number.
    if rest and rest[0] == groups[0] and groups[0].lstrip("(").startswith(("+", "00")):
        return [], [part]
    # Digits beside a number that has no clear beginning may belong to it.
    if rest and not part.lstrip(" (").startswith("+") and not _trunk(region):
        return [], [part]
    return list(numbers), list(rest)


def _may_be_one(part: str, region: str | None) -> bool:
    """Whether a slash, if any, follows an area code ("02/633 12 34") instead of separating two endings."""
    before, slash, _after = part.partition("/")
    before = _TRUNK_IN_BRACKETS.sub("", before)
    digits = re.sub(r"\D", "", before)
    most = 8 if before.lstrip(" (").startswith(("+", "00")) else 5
    return not slash or (len(digits) <= most and not _parse(before, region))


def _trunk(region: str | None) -> str:
    """Return the first digit of national numbers, if the country has one for all."""
    metadata = region and phonenumbers.PhoneMetadata.metadata_for_region(region)
    return "0" if metadata and metadata.national_prefix == "0" else ""


def _readings(groups: list[str], region: str | None) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the ways to read groups of digits as numbers with the fewest left over, as ``(numbers, rest)``.

    If there are several national numbers, each must begin as its country requires.
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
    """Return one number in E.164, or None if the numbering plan does not confirm it."""
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
