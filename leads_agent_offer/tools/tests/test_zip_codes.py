"""Zip codes in common notations, with the zeros that forms drop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.tag_matching import Tag, check_range, find
from leads_agent_offer.tools.zip_codes import DIGITS, whole, zip_codes

thorough = settings(max_examples=300, derandomize=True, deadline=None)


@thorough
@given(
    st.text(max_size=60) | st.text("0123 -,:\nAZzip+#", max_size=40),
    st.sets(st.integers(2, 9)),
    st.sampled_from(["", *DIGITS]),
)
def test_zip_codes_have_a_digit_and_a_length_that_was_asked_for(text, lengths, country):
    for code, (start, end) in zip_codes(text, lengths, country=country).items():
        assert len(code) in lengths and not code.isalpha() and code.isalnum()
        assert code.lstrip("0") == "".join(filter(str.isalnum, text[start:end])).upper().lstrip("0")


@pytest.mark.parametrize(
    ("text", "low", "high", "is_hit"),
    [
        ("12345-6789", "12000", "12999", True),
        ("12345-6789", "6000", "6999", False),
        ("D-10115 Berlin", "10000", "10999", True),
        ("1011 AB Amsterdam", "1011AA", "1011ZZ", True),
        ("1011ab", "1011 AA", "1011 ZZ", True),
        ("110 00 Praha", "11000", "11999", True),
        ("SW1A 1AA", "SW1A0AA", "SW1A9ZZ", True),
        ("10A00", "10000", "19999", False),
        ("101150", "10000", "10999", False),
        ("00950", "00900", "00999", True),
        ("1000  1", "10000", "10009", False),
        # Money, phone numbers, references and quantities are not zip codes.
        ("we have 12,000 EUR", "12000", "12999", False),
        ("budget: 12500", "12000", "12999", False),
        ("+32 470 12 34 56", "1000", "1299", False),
        ("(212) 555-0100", "0100", "0199", False),
        ("Ref. 10115", "10000", "10999", False),
        ("invoice no 10115, #10117", "10000", "10999", False),
        ("10500 km", "10000", "10999", False),
    ],
)
def test_zip_codes_as_people_write_them(text, low, high, is_hit):
    assert bool(find([Tag(1, "", "zip", low=low, high=high)], "", text)) == is_hit


@pytest.mark.parametrize(
    ("text", "country", "low", "high", "of", "is_hit"),
    [
        ("Cambridge, MA 2139", "US", "02101", "02299", "US", True),
        ("Zip: 2139-4307", "", "02101", "02299", "US", True),
        ("7302", "US", "07000", "07999", "", True),
        ("1067\nDresden", "DE", "01000", "01999", "DE", True),
        ("PLZ 1067", "", "1067", "1099", "DE", True),
        ("CP: 8001 Barcelona", "ES", "08001", "08099", "ES", False),
        ("CP: 8001, Barcelona", "ES", "08001", "08099", "ES", True),
        ("800", "AU", "0800", "0899", "", True),
        ("501", "US", "00501", "00599", "US", True),
        # Four digits are complete in countries with four-digit codes.
        ("2139", "BE", "02101", "02299", "", False),
        ("2139", "", "02101", "02299", "", False),
        # A range of one country does not apply to another.
        ("10115 Berlin", "DE", "10000", "10999", "US", False),
        ("10115 Berlin", "DE", "10000", "10999", "DE", True),
        ("10115 Berlin", "", "10000", "10999", "DE", True),
        # A number in a sentence is not a zip code without its zero.
        ("we need 2139 bricks", "US", "02101", "02299", "US", False),
        ("Budget: 2139", "US", "02101", "02299", "US", False),
    ],
)
def test_leading_zeros_by_country(text, country, low, high, of, is_hit):
    assert bool(find([Tag(1, "", "zip", low=low, high=high, country=of)], "", text, country=country)) == is_hit


def test_a_range_that_lost_its_zero_is_whole_too():
    assert check_range(Tag(1, "", "zip", low="1067", high="10999", country="DE")) is None
    assert check_range(Tag(1, "", "zip", low="1067", high="10999")) == "length"
    assert whole("60-0001", "JP") == "600001".zfill(7)
