"""The forms in which a phone number may be written, and its country.

Some countries add a digit to mobile numbers dialled from abroad, or have extended their numbers: channels, address
books and people use either form.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException

# The first digits of a longer number in Ivory Coast, by the second digit of the shorter one.
_IVORY_COAST = dict(zip("0123456789", ("01",) * 4 + ("05",) * 3 + ("07",) * 3, strict=True))
# The longer and the shorter form of a number, each as a pattern and as a format.
_PAIRS = (
    # Argentina: a 9 before mobile numbers from abroad.
    (r"\+549(\d{10})", "+549{0}", r"\+54(\d{10})", "+54{0}"),
    # Mexico: a 1 before mobile numbers from abroad, until 2019.
    (r"\+521(\d{10})", "+521{0}", r"\+52(\d{10})", "+52{0}"),
    # Brazil: a ninth digit for mobile numbers, since 2012.
    (r"\+55(\d\d)9([6-9]\d{7})", "+55{0}9{1}", r"\+55(\d\d)([6-9]\d{7})", "+55{0}{1}"),
    # Benin: ten digits since 2024.
    (r"\+22901(\d{8})", "+22901{0}", r"\+229(\d{8})", "+229{0}"),
)


def plain(number: str) -> str:
    """
    >>> plain("+52 1 (55) 1234-5678"), plain("0052 55 1234 5678"), plain("")
    ('+5215512345678', '+525512345678', '')
    """
    digits = re.sub(r"[^\d+]", "", number)
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def forms(number: str) -> tuple[str, ...]:
    """Return the number in all its forms, itself first.

    :param number: with its country, as in E.164

    >>> forms("+5491123456789"), forms("+525512345678")
    (('+5491123456789', '+541123456789'), ('+525512345678', '+5215512345678'))
    >>> forms("+551187654321"), forms("+5511987654321")
    (('+551187654321', '+5511987654321'), ('+5511987654321', '+551187654321'))
    >>> forms("+22507123456"), forms("+33155550123"), forms("")
    (('+22507123456', '+2250707123456'), ('+33155550123',), ())
    """
    if not number:
        return ()
    if other := _ivory_coast(number):
        return number, other
    for longer, as_longer, shorter, as_shorter in _PAIRS:
        if found := re.fullmatch(shorter, number):
            return number, as_longer.format(*found.groups())
        if found := re.fullmatch(longer, number):
            return number, as_shorter.format(*found.groups())
    return (number,)


def dialled(number: str) -> str:
    """Return the form in use today: the one that is valid in the numbering plan of its country.

    >>> dialled("+5215512345678"), dialled("+551187654321"), dialled("+5491123456789"), dialled("+33155550123")
    ('+525512345678', '+5511987654321', '+5491123456789', '+33155550123')
    """
    return next((form for form in forms(number) if _is_valid(form)), number)


def country_of(number: str) -> str:
    """Return the ISO country code of a number, empty if several countries share its prefix and none is known.

    >>> country_of("+5215512345678"), country_of("+12505550123"), country_of("+32475550103"), country_of("0475")
    ('MX', 'CA', 'BE', '')
    """
    try:
        parsed = phonenumbers.parse(dialled(number))
    except NumberParseException:
        return ""
    region = phonenumbers.region_code_for_number(parsed)
    regions = phonenumbers.region_codes_for_country_code(parsed.country_code)
    return region or (regions[0] if len(regions) == 1 and regions[0] != "001" else "")


def _ivory_coast(number: str) -> str:
    """Return the other form: since 2021 numbers have ten digits, with a prefix of two by network."""
    if found := re.fullmatch(r"\+225(\d(\d)\d{6})", number):
        return f"+225{_IVORY_COAST[found[2]]}{found[1]}"
    if (found := re.fullmatch(r"\+225(0[157])(\d(\d)\d{6})", number)) and _IVORY_COAST[found[3]] == found[1]:
        return f"+225{found[2]}"
    return ""


def _is_valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except NumberParseException:
        return False
