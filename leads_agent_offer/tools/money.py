"""Amounts of money in a text: numbers with a currency, or next to a word such as price, budget or value.

Other numbers are ignored: phone numbers, zip codes, references, dates, distances, quantities.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .money_words import CODES, OTHER_NAME, SCALES, SIGNS, THINGS, WORDS, name_places
from .written_numbers import DASHES, SPACES, numbers, value

_SIGN: Final = rf"(?:(?:\b(?:US|CA|AU|NZ|HK|MX|[ACRS]))?\$|[{SIGNS}])"
# What may stand between the name and the amount without naming something else.
_LEADING: Final = re.compile(
    rf"(?:[{DASHES}{SPACES}:=>~*\t|()<\u2264\u2265]|{_SIGN}|\b(?:range|is|of|was|are|be|around|about|approx|approximately|ca|circa|up|to|max"
    r"|maximum|min|minimum|from|between|under|over|below|above|roughly|some|at|ist|von|bis|etwa|rund|ab|est|de|jusqu|environ"
    r"|entre|es|hasta|unos|tot|EUR|USD|GBP|CHF)\b\.?)*",
    re.IGNORECASE,
)
_SCALED_SIGN: Final = re.compile(rf"(?<![^\W_])([kKmM]?)({_SIGN})[{SPACES}]?$")
_WORD_BEFORE: Final = re.compile(rf"([^\W\d_]+)(\.?[{SPACES}]?[:=]?[{SPACES}]?)$")
# Characters allowed between a word and the number after it.
_AFTER_WORD: Final = f".:={SPACES}"
_ENDING: Final = re.compile(rf"[.,](?:[{DASHES}]{{1,2}})")
_NEXT: Final = re.compile(rf"([{SPACES}]?)(?:({_SIGN})|([^\W\d_]+(?:[0-9\u00b2\u00b3]\b)?)\.?)")
_FILLER: Final = re.compile(
    rf"[{SPACES}](?:de|of|US|U\.S\.|Canadian|Australian|Swiss)(?=[{SPACES}])|[{SPACES}]d(?=['\u2019])"
)
_NOT_MONEY_AFTER: Final = re.compile(rf"[{SPACES}]?[%\u2030\u00b0\u00b2\u00b3]|[/:][0-9]|_")
_DIGIT_NEXT: Final = re.compile(rf"[{SPACES}]?[.,]?[0-9]")
_TO: Final = re.compile(
    rf"[{SPACES}]?(?:[{DASHES}]|\b(?:to|till|bis|\u00e0|au|a|al|hasta|tot|do)\b)[{SPACES}]?(?:{_SIGN}[{SPACES}]?|[A-Za-z]{{3}}[{SPACES}])?",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(rf"[{SPACES}](?:and|und|et|y|e|en)[{SPACES}](?:{_SIGN})?", re.IGNORECASE)
_BETWEEN_BEFORE: Final = re.compile(rf"\b(?:between|zwischen|entre|tra|fra|tussen)[{SPACES}]\W{{0,2}}$", re.IGNORECASE)
_WINDOW: Final = 64
_LONGEST_WORD: Final = 16
# With a scale letter before and a space after it.
_LONGEST_SIGN: Final = 8
# A line with more words is a sentence, not a label.
_MOST_WORDS: Final = 5


@dataclass(slots=True)
class _Number:
    """A number with its surroundings.

    :param marked: whether a currency is next to it
    :param named: whether a word such as price or budget names it
    :param scale: the factor of a word (``million``) next to it
    :param tail: end of the number with its scale and currency
    """

    digits: str
    start: int
    end: int
    marked: bool = False
    named: bool = False
    scale: int = 1
    tail: int = 0

    def amount(self) -> float | None:
        number = value(self.digits, is_scaled=self.scale != 1)
        return None if number is None else round(number * self.scale, 6)


def amounts(text: str) -> dict[float, tuple[int, int]]:
    """Return ``{amount: (start, end)}`` for the amounts of money in a text, with the place of the first occurrence.

    >>> list(amounts("$1,200.50; 1.200,75 \u20ac; EUR 500; 2 000 000 USD; CHF 1'300.-; 15k\u20ac; $.5M; 3 Mio. Euro"))
    [1200.5, 1200.75, 500.0, 2000000.0, 1300.0, 15000.0, 500000.0, 3000000.0]
    >>> list(amounts("Budget: 250000, our price is about 1200, 10-20k EUR"))
    [250000.0, 1200.0, 10000.0, 20000.0]
    >>> list(amounts("+32 475 12 34 56, 12.05.2026, 20%, A4, 500GB, 120.000 km, Ref. 4711, 10115 Berlin"))
    []
    """
    found: dict[float, tuple[int, int]] = {}
    for amount, start, end in places(text):
        found.setdefault(amount, (start, end))
    return found


def places(text: str) -> Iterator[tuple[float, int, int]]:
    """Yield every amount of money with its start and end, from left to right."""
    last: _Number | None = None
    used = 0
    names: list[tuple[int, int]] | None = None
    for digits, start, end in numbers(text):
        number = _read(text, _Number(digits, start, end, tail=end), used)
        if number is None:
            yield from _money_place(last)
            last = None
            continue
        if number.marked:
            used = number.tail
        else:
            names = name_places(text) if names is None else names
            number.named = bool(names) and _is_named(text, number.start, names)
        is_money = number.marked or number.named or (last and (last.marked or last.named))
        if last and is_money and _is_range(text, last, number):
            last.marked = number.marked = True
            if last.scale == 1 and number.scale != 1 and (value(last.digits) or 0) < (value(number.digits) or 0):
                last.scale = number.scale
        yield from _money_place(last)
        last = number
    yield from _money_place(last)


def _money_place(number: _Number | None) -> Iterator[tuple[float, int, int]]:
    if number and (number.marked or number.named):
        amount = number.amount()
        if amount is not None:
            yield amount, number.start, number.tail


def _read(text: str, number: _Number, used: int) -> _Number | None:
    """Read the surroundings of a number; return None if it cannot be money.

    :param used: end of the currency that belongs to the previous number
    """
    start, end = number.start, number.end
    before = text[max(used, start - _WINDOW) : start].rsplit("\n", 1)[-1]
    is_phone = before.endswith(("+", "#")) or (number.digits[0] == "0" and number.digits[1:2].isdigit())
    if is_phone or (before[-1:] in ("/", ":", "_") and before[-2:-1].isalnum() and _DIGIT_NEXT.match(before[-2:])):
        return None
    if _NOT_MONEY_AFTER.match(text, end):
        return None
    prefix = _prefix(before)
    if prefix is None:
        return None
    number.marked, number.scale = prefix[0], prefix[1]
    return number if _add_suffix(text, number) else None


def _prefix(before: str) -> tuple[bool, int] | None:
    """Return whether a currency stands before a number, and its scale; None if the number is part of a name."""
    near = before[-_LONGEST_SIGN:]
    # The dollar sign is the only currency sign in ASCII.
    if ("$" in near or not near.isascii()) and (sign := _SCALED_SIGN.search(near)):
        return True, SCALES.get(sign[1].lower(), 1)
    last = near.rstrip(_AFTER_WORD)[-1:]
    word = _WORD_BEFORE.search(before[-_LONGEST_WORD:]) if last.isalpha() else None
    if not word:
        return False, 1
    scale = _currency(word[1])
    if scale:
        return True, scale
    return None if not word[2] else (False, 1)


def _currency(word: str) -> int | None:
    """Return the factor of a currency word, mostly 1; None if the word is not a currency.

    >>> [_currency(word) for word in ("EUR", "euros", "kEUR", "TEUR", "MUSD", "TRY", "try", "km")]
    [1, 1, 1000, 1000, 1000000, 1, None, None]
    """
    if word in CODES or word.lower() in WORDS:
        return 1
    if len(word) == 4 and word[1:] in CODES:
        return {"k": 1_000, "K": 1_000, "T": 1_000, "M": 1_000_000}.get(word[0])
    return None


def _add_suffix(text: str, number: _Number) -> bool:
    """Read scale and currency after a number.

    :returns: whether it can be money
    """
    position = number.end
    if ending := _ENDING.match(text, position):
        position = ending.end()
    following = _NEXT.match(text, position)
    if following and following[3]:
        apart, _sign, word = following.groups()
        scale = SCALES.get(word.lower())
        glued = None if apart or scale else _glued_scale(word)
        if scale or glued:
            number.scale *= scale or glued[0]
            number.tail = position = following.end() if word[-1:] else position
            if glued:
                number.marked = True
                return True
            if filler := _FILLER.match(text, position):
                position = filler.end() + (text[filler.end() : filler.end() + 1] in "'\u2019")
            following = _NEXT.match(text, position)
        elif word.lower() in THINGS or (not apart and not _currency(word)):
            return number.marked and bool(apart)
        elif filler := _FILLER.match(text, position):
            following = _NEXT.match(text, filler.end())
    if following:
        _take_currency(text, number, following)
    # Without a currency, a scale letter has no meaning: it may be a length or a model.
    return True


def _glued_scale(word: str) -> tuple[int, str] | None:
    """Return the scale and the currency of ``kEUR`` right after a number, in any case.

    >>> _glued_scale("kEUR"), _glued_scale("mUSD"), _glued_scale("GB")
    ((1000, 'EUR'), (1000000, 'USD'), None)
    """
    scale = SCALES.get(word[:1].lower())
    return (scale, word[1:]) if scale and word[1:].upper() in CODES else None


def _take_currency(text: str, number: _Number, following: re.Match) -> None:
    apart, sign, word = following.groups()
    scale = 1 if sign else _currency(word)
    if not scale:
        return
    is_next = _DIGIT_NEXT.match(text, following.end()) is not None
    # Between two numbers, a currency belongs to the number it touches; a dollar sign precedes its number.
    if is_next and (
        number.marked or (sign and apart and (sign[-1] in "$\u00a3" or text[following.end()] not in SPACES))
    ):
        return
    number.marked = True
    number.scale *= scale
    number.tail = following.end()


def _is_named(text: str, start: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether a word such as price, budget or value names a number, in its line or in the line above.

    :param names: the places of all such words in the text
    """
    window = max(0, start - 2 * _WINDOW)
    begin = max(window, text.rfind("\n", window, start) + 1)
    last = bisect_right(names, (start, 0)) - 1
    if last >= 0 and names[last][0] >= begin:
        return _is_led_to(text[begin:start], names[last][0] - begin, names[last][1] - begin)
    # If the window has no name so far, the line above has none either.
    if last < 0 or names[last][0] < window or not _LEADING.fullmatch(text[begin:start]):
        return False
    above = text[window : max(window, begin - 1)].rstrip()
    first = window + above.rfind("\n") + 1
    nr = bisect_left(names, (first, 0))
    return nr < len(names) and names[nr][1] <= window + len(above) and _is_title(text[first : window + len(above)])


def _is_led_to(line: str, start: int, end: int) -> bool:
    """Whether the words between a name and the number after it allow the name to apply to the number."""
    rest = line[end:]
    if _LEADING.fullmatch(rest):
        return not OTHER_NAME.search(line[max(0, start - 12) :])
    title, separator, after = (rest.partition(":") if ":" in rest else rest.partition("=")) if rest else ("", "", "")
    return bool(separator) and _is_title(line[:end] + title) and bool(_LEADING.fullmatch(after))


def _is_title(line: str) -> bool:
    is_short = len(line.split()) <= _MOST_WORDS and len(line) <= _WINDOW
    return is_short and not re.search(r"[0-9,;!?]", line) and not OTHER_NAME.search(line)


def _is_range(text: str, low: _Number, high: _Number) -> bool:
    """Whether two numbers are the ends of a range: ``10-20k``, ``between 5 and 8 million``."""
    if high.start - low.tail > 12:
        return False
    between = text[low.tail : high.start]
    is_joined = _TO.fullmatch(between) or (
        _BETWEEN.fullmatch(between) and _BETWEEN_BEFORE.search(text[max(0, low.start - 12) : low.start])
    )
    if not is_joined or OTHER_NAME.search(text[max(0, low.start - 12) : low.start]):
        return False
    first, second = value(low.digits), value(high.digits)
    return first is not None and second is not None and first * low.scale <= second * high.scale
