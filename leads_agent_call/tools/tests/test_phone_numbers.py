"""Phone fields as users fill them, and random texts: every number dialled is a valid one."""

import unicodedata

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_call.tools.phone_numbers import LONGEST, read_cell

thorough = settings(max_examples=400, derandomize=True, deadline=None)
regions = st.sampled_from([None, *sorted(phonenumbers.SUPPORTED_REGIONS)])
# The example numbers of the numbering plans of all countries.
EXAMPLES = [
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if (number := phonenumbers.example_number_for_type(region, kind)) and phonenumbers.is_valid_number(number)
]
examples = st.sampled_from(EXAMPLES)
# Parts of such texts, in any order.
scraps = st.lists(
    st.one_of(
        examples,
        st.sampled_from(
            ["/", " / ", ";", ", ", "ext. 12", "x4", "(0)", "(after 6 pm)", "or", "00", "+", "-", "\n", "0"]
        ),
        st.text(alphabet="0123456789 ()+-/.,;#x\u0661\u06f2\uff13", max_size=12),
        st.text(max_size=6),
    ),
    max_size=8,
).map("".join)


def dials(text: str, country: str | None = None) -> list[str]:
    return [number.dial for number in read_cell(text, country).numbers]


@pytest.mark.parametrize(
    ("text", "country", "numbers"),
    [
        # A trunk zero in brackets
        ("+44 (0)20 7946 0000", None, ["+442079460000"]),
        ("+49 (0)30 901820", None, ["+4930901820"]),
        ("+33 (0)1 42 68 53 00", "BE", ["+33142685300"]),
        ("+41 (0)44 668 18 00", None, ["+41446681800"]),
        ("0031 (0)20 794 0800", "BE", ["+31207940800"]),
        ("+39 (0)6 6982 0000", None, ["+390669820000"]),  # In Italy the zero is dialled.
        ("+34 (0)91 123 45 67", None, ["+34911234567"]),  # Spain has none.
        # Extensions, most of them from issues of phone libraries
        ("tel:+44-114-272-6444;ext=1234", None, ["+441142726444;ext=1234"]),
        ("tel:+44-114-272-6444,1234", None, ["+441142726444;ext=1234"]),
        ("206-973-5100 x143", "US", ["+12069735100;ext=143"]),
        ("+16502530000x136", None, ["+16502530000;ext=136"]),
        ("+16502530000 ext. 136", None, ["+16502530000;ext=136"]),
        ("034116999#2405", "TH", ["+6634116999;ext=2405"]),
        ("(586) 485-7783;55", "US", ["+15864857783;ext=55"]),
        ("+7 495 123-45-67 \u0434\u043e\u0431. 12", None, ["+74951234567;ext=12"]),
        ("+5493516315733 ext.", "AR", ["+5493516315733"]),
        ("(530) 583-6985 x302/x2303", "US", ["+15305836985;ext=302", "+15305836985;ext=2303"]),
        # Several numbers
        ("03 227 01 02 / 0475 55 01 03", "BE", ["+3232270102", "+32475550103"]),
        ("513140867 513140868", "PL", ["+48513140867", "+48513140868"]),
        ("513140867 and 513140868", "PL", ["+48513140867", "+48513140868"]),
        ("0475550103;032270102", "BE", ["+32475550103", "+3232270102"]),
        ("06-12345678/0612345679", "NL", ["+31612345678", "+31612345679"]),
        ("+32475550103+3232270102", None, ["+32475550103", "+3232270102"]),
        ("030 1234567 040 7654321", "DE", ["+49301234567", "+49407654321"]),
        ("212-555-0123 - 646-555-0124", "US", ["+12125550123", "+16465550124"]),
        ("T: 03 227 01 02 M: 0475 55 01 03", "BE", ["+3232270102", "+32475550103"]),
        ("0475550103 0032475550104", "BE", ["+32475550103", "+32475550104"]),
        ("+7 (495) 123-45-67, 8 (495) 765-43-21", "RU", ["+74951234567", "+74957654321"]),
        ("+61 2 9374 4000 (AH 0412 345 678)", "AU", ["+61293744000", "+61412345678"]),
        ("(514) 555-0199 x 22 or cell 438-555-0188", "CA", ["+15145550199;ext=22", "+14385550188"]),
        # A second ending is not part of the number.
        ("030 901820/12", "DE", ["+4930901820"]),
        ("020 7946 0000/1", "GB", ["+442079460000"]),
        ("01 42 68 53 00 / 01", "FR", ["+33142685300"]),
        ("02 633 12 34 / 35 / 36", "BE", ["+3226331234"]),
        ("+49 30 901820-0 bis -99", None, ["+49309018200"]),
        # A slash after the area code is.
        ("0234/123456-106", "DE", ["+49234123456106"]),  # What follows a dash in Germany is dialled, too.
        ("02/633 12 34", "BE", ["+3226331234"]),
        ("0475/55.01.03", "BE", ["+32475550103"]),
        # Remarks
        ("0475 55 01 03 6 pm", "BE", ["+32475550103"]),
        ("030 1234567 6 pm", "DE", ["+49301234567"]),
        ("call after 6 0475550103", "BE", ["+32475550103"]),
        ("0475 55 01 03 (9:00-17:00)", "BE", ["+32475550103"]),
        ("Mobile: 0475 55 01 03 - Office: 03 227 01 02", "BE", ["+32475550103", "+3232270102"]),
        # Digits of other scripts
        ("\u0660\u0664\u0667\u0665 \u0665\u0665 \u0660\u0661 \u0660\u0663", "BE", ["+32475550103"]),
        ("\u06f0\u06f2\u06f1 \u06f2\u06f2\u06f3\u06f3 \u06f4\u06f4\u06f5\u06f5", "IR", ["+982122334455"]),
        ("\uff0b\uff14\uff14 \uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff11\uff12\uff13", None, ["+442079460123"]),
        ("\u0968\u0968 2757 1234", "IN", ["+912227571234"]),
        ("\u202a+32 475 55 01 03\u202c", None, ["+32475550103"]),
        # Prefixes
        ("0044 20 7946 0123", None, ["+442079460123"]),
        ("011 44 20 7946 0123", "US", ["+442079460123"]),
        ("32475550103", "BE", ["+32475550103"]),
        ("1-800-FLOWERS", "US", ["+18003569377"]),
        ("028 9012 3456", "XI", ["+442890123456"]),
        ("+54 9 11 1234-5678", None, ["+5491112345678"]),
        ("011 15-1234-5678", "AR", ["+5491112345678"]),
        ("+55 (0xx11) 3071-0000", "BR", ["+551130710000"]),
        ("+870 773 123456", None, ["+870773123456"]),  # By satellite
        # Nothing that can be dialled
        ("BE71 0961 2345 6769", "BE", []),  # An account
        ("VAT BE0403.170.701", "BE", []),
        ("0475 55 0l 03", "BE", []),
        ("+52 1 55 1234 5678", None, []),  # As Mexico dialled until 2019
        # An invalid number of another country is not read with the customer's country.
        ("+52 1 55 1234 5678", "MX", []),
        ("+48 212 555 0123", "US", []),
        ("+1 02 633 12 34", "BE", []),
        ("00 48 612 345 6789", "ES", []),
        ("+33 513 140 8671", "PL", []),
        ("0475 55 01 03", None, []),
        ("1 2 212 555 0123", "US", []),
        ("12 34 612 345 678", "ES", []),
        ("112", "BE", []),
        ("+1 (555) 010-0000", None, []),
        ("n/a", "FR", []),
    ],
)
def test_cells_as_people_fill_them(text, country, numbers):
    assert dials(text, country) == numbers


def test_what_was_said_beside_a_number_is_kept():
    assert read_cell("0475 55 01 03 (after 6 pm)", "BE").remark == "after 6 pm"
    assert read_cell("0475 55 01 03, 03 227 01 02 (office)", "BE").remark == "office"
    assert read_cell("020 7946 0000/1", "GB").remark == "1"


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("", None, "empty"),
        ("  \u200b ", "BE", "empty"),
        ("0475 55 01 03", None, "country"),
        ("020 7946 0123", "XX", "country"),
        ("+44 20 79", None, "invalid"),
        ("0475 55 01", "BE", "invalid"),
        ("ask the neighbour", None, "invalid"),
        ("9" * 300, "BE", "invalid"),
    ],
)
def test_why_there_is_no_number(text, country, reason):
    cell = read_cell(text, country)
    assert (cell.numbers, cell.reason) == ((), reason)


@thorough
@given(scraps, regions)
def test_whatever_is_dialled_is_confirmed(text, region):
    """No exception, and no number that libphonenumber does not confirm."""
    cell = read_cell(text, region)
    assert bool(cell.numbers) != bool(cell.reason)
    assert len(set(cell.numbers)) == len(cell.numbers)
    for number in cell.numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.dial))
        assert number.extension == "" or (number.extension.isascii() and number.extension.isdigit())
        assert number.shown


@thorough
@given(examples, regions, st.sampled_from(["{}", " {} ", "{} (office)", "Tel. {}", "{} ext. 12", "{}\n"]))
def test_an_international_number_is_the_same_in_every_country(number, region, form):
    assert [found.e164 for found in read_cell(form.format(number), region).numbers] == [number]


@thorough
@given(st.sampled_from([1, 7, 33, 44, 48, 52, 999]), examples, st.sampled_from(["+{} {}", "+{}-{}", "+{}.{}"]), regions)
def test_after_a_prefix_nothing_is_read_by_the_country_of_the_customer(prefix, number, form, region):
    """A number with the prefix of another country is never a number of this country."""
    national = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
    for found in read_cell(form.format(prefix, national), region).numbers:
        assert found.e164.startswith(f"+{prefix}")


@thorough
@given(examples, examples, st.sampled_from([" / ", ";", ", ", " or ", "\n", " ", "/"]))
def test_two_numbers_are_two(one, other, between):
    assert dials(one + between + other) == list(dict.fromkeys([one, other]))


@thorough
@given(examples)
def test_a_number_survives_how_its_country_writes_it(number):
    parsed = phonenumbers.parse(number)
    region = phonenumbers.region_code_for_number(parsed)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert dials(national, region) == [number]


def test_a_cell_of_many_marks_is_no_number(monkeypatch):
    """Sorting the marks of one letter takes the square of their number: 200,000 of them, half a minute."""
    normalize, lengths = unicodedata.normalize, []

    def noted(form, text):
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    assert read_cell("0475 55 01 03" + "\u0327\u0301" * 100_000, "BE").reason == "invalid"
    assert max(lengths) <= 4 * LONGEST
