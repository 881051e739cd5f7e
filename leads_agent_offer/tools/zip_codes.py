"""Zip codes in a text, including leading zeros that spreadsheets and forms drop.

Zip codes are compared as text. Money, phone numbers, references and quantities are ignored.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .written_numbers import DASHES, SPACES

# Number of digits, for countries whose codes may begin with a zero.
DIGITS: Final = {
    code: count
    for count, codes in (
        (4, "AM AU DK GE NO NZ ZA"),
        (5, "DE DO DZ EE ES FI FR GF GP GT IT KR LK LT MQ MX MY PE PL PR RE TH TR UA US VA VI"),
        (6, "CN CO EC KZ RO SG"),
        (7, "JP"),
        (8, "BR"),
    )
    for code in codes.split()
}
# More missing zeros are not an accident.
MOST_LOST: Final = 2

_DIGIT: Final = re.compile(r"[0-9]")
_TOKEN: Final = re.compile(r"[^\W_]+")
_JOINTS: Final = SPACES + DASHES
# A field of a lead is on a line of its own; in an address, the code follows its label or a state.
_SHORTENED: Final = re.compile(
    rf"(?:^[{SPACES}]*|\b(?:zip|zip[{SPACES}]?code|postal[{SPACES}]?code|post[{SPACES}]?code|plz|cap|cp|c\.p\.)[{SPACES}]*[:=#.]*[{SPACES}]*"
    rf"|,[{SPACES}]*[A-Z]{{2}}[{SPACES}]+)([1-9][0-9]{{1,6}})(?=[{SPACES}]*(?:$|[,;.]|[{DASHES}][0-9]{{4}}\b))",
    re.IGNORECASE | re.MULTILINE,
)
_PHONE: Final = re.compile(
    rf"(?:\b(?:phone|tel|telephone|telefon|t\u00e9l\u00e9phone|tel\u00e9fono|mobile|mobil|cell|fax|call|whatsapp)\b[.:{SPACES}]{{0,3}}"
    rf"|(?=\+)|(?=\b0[0-9])|(?=\(?\b[2-9][0-9]{{2}}\)?[{DASHES}.{SPACES}][0-9]{{3}}[{DASHES}.{SPACES}][0-9]{{4}}\b))"
    rf"([+(]?[0-9](?:[{DASHES}{SPACES}()./]{{0,2}}[0-9]){{6,14}})(?![0-9])",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(
    rf"(?:#|\b(?:ref|reference|referenz|r\u00e9f\u00e9rence|referencia|order|invoice|ticket|case|contract|customer|listing|article|item|sku|id|no|nr"
    rf"|number|bestellung|rechnung|commande|facture|pedido|factura)\b(?:[{SPACES}]?(?:no|nr|number|id|\u00b0)\b)?)[.:#{SPACES}]{{0,3}}$",
    re.IGNORECASE,
)
_QUANTITY: Final = re.compile(
    rf"[{SPACES}]?(?:%|km\b|kms\b|kilomet(?:er|re)s?\b|miles?\b|sqm\b|sqft\b|m2\b|m\u00b2|kg\b|kwh?\b|kwp\b|years?\b|units?\b|pcs\b)",
    re.IGNORECASE,
)


def whole(code: str, country: str | None) -> str:
    """Return a zip code without separators, with the leading zeros that are missing for its country.

    >>> whole("2134", "US"), whole("1 067", "DE"), whole("800", "AU"), whole("1180", "BE"), whole("SW1A 1AA", "GB")
    ('02134', '01067', '0800', '1180', 'SW1A1AA')
    >>> whole("2134-1021", "US"), whole("34", "US"), whole("", "US")
    ('02134', '34', '')
    """
    digits = DIGITS.get(country or "")
    if country in ("US", "PR", "VI"):
        code = re.sub(rf"[{DASHES}][0-9]{{4}}$", "", code.strip())
    plain = "".join(filter(str.isalnum, code)).upper()
    if digits and plain.isdigit() and digits - MOST_LOST <= len(plain) < digits:
        return plain.zfill(digits)
    return plain


def zip_codes(
    text: str, lengths: Iterable[int], taken: Sequence[tuple[int, int]] = (), country: str | None = None
) -> dict[str, tuple[int, int]]:
    """Return ``{code: (start, end)}`` for words that may be zip codes, with the place of the first occurrence.

    Such a word contains a digit. Two words joined by a space or a dash are also read as one; the part after a dash
    that follows digits is not a zip code of its own.

    :param taken: places of other things, such as money, as pairs of start and end
    :param country: country of the lead, for missing zeros

    >>> list(zip_codes("1011 AB; SW1A 1AA; 12345-6789", {4, 5, 6, 7}))
    ['1011', '1011AB', 'SW1A', 'SW1A1AA', '12345']
    >>> list(zip_codes("Boston, MA 2134", {5}, country="US")), list(zip_codes("Boston, MA 2134", {5}))
    (['02134'], [])
    >>> list(zip_codes("Tel. 0470 12 34 56, order no. 10115, 12000 km, 10117 Berlin", {4, 5}))
    ['10117']
    """
    lengths = frozenset(lengths)
    found: dict[str, tuple[int, int]] = {}
    if not _DIGIT.search(text):
        return found
    barred = _barred(text, taken)
    word, start, end = "", 0, -2
    for token in _TOKEN.finditer(text):
        before, began, ended = word, start, end
        word, (start, end) = token[0], token.span()
        has_digit = not word.isalpha()
        if not word.isascii():
            word = ""
            continue
        is_joined = bool(before) and start == ended + 1 and text[ended] in _JOINTS
        fits = has_digit and len(word) in lengths
        fits_joined = is_joined and len(before) + len(word) in lengths and (has_digit or not before.isalpha())
        if not fits and not fits_joined:
            # Only check what else the word may be if its length fits, alone or with the next word.
            continue
        if has_digit and _is_other(text, start, end, barred):
            word = ""
            continue
        if is_joined and not before.isalpha() and _is_other(text, began, ended, barred):
            is_joined = fits_joined = False
        is_tail = is_joined and text[ended] in DASHES and before.isdigit() and word.isdigit()
        if fits and not is_tail:
            found.setdefault(word.upper(), (start, end))
        if fits_joined:
            found.setdefault((before + word).upper(), (began, end))
    if DIGITS.get(country or "") in lengths:
        for shortened in _SHORTENED.finditer(text):
            code, start, end = shortened[1], shortened.start(1), shortened.end(1)
            if (padded := whole(code, country)) != code and not _is_other(text, start, end, barred):
                found.setdefault(padded, (start, end))
    return found


def _barred(text: str, taken: Sequence[tuple[int, int]]) -> bytearray:
    """Return for each character whether it is part of something else."""
    barred = bytearray(len(text))
    for start, end in (*taken, *(phone.span() for phone in _PHONE.finditer(text))):
        barred[start:end] = b"\1" * (end - start)
    return barred


def _is_other(text: str, start: int, end: int, barred: bytearray) -> bool:
    if barred[start]:
        return True
    before = text[max(0, start - 24) : start].rsplit("\n", 1)[-1]
    return bool(_NUMBERED.search(before) or _QUANTITY.match(text, end))
