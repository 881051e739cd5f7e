"""Money in common notations, and other numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.money import amounts, places

thorough = settings(max_examples=300, derandomize=True, deadline=None)
written = st.lists(
    st.sampled_from(
        [
            "$",
            "€",
            "EUR",
            "k",
            "M",
            "Mio.",
            "million",
            "-",
            "–",
            ",",
            ".",
            "'",
            ":",
            "/",
            "+",
            "#",
            "%",
            "1",
            "12",
            "500",
            "1.250",
            "2,000",
            ".5",
            "07",
            "0",
            "budget",
            "price:",
            "is",
            "of",
            "to",
            "and",
            "km",
            "m²",
            "d'",
            "de",
            "US",
            "\n",
        ]
        + [" ", "\n", "\u00a0"]
    ),
    max_size=14,
).map("".join)


@thorough
@given(st.text(max_size=80) | written)
def test_any_text_can_be_read(text):
    for amount, start, end in places(text):
        assert amount >= 0
        assert 0 <= start < end <= len(text)
        assert any(letter in "0123456789" for letter in text[start:end])


@thorough
@given(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from([",", ".", "'", "\u2019", " ", "\u00a0", "\u202f"]))
def test_an_amount_is_read_however_it_is_grouped(whole, cents, group):
    decimal = "," if group == "." else "."
    number = f"{whole:,}".replace(",", group)
    marks = (
        "EUR {}",
        "EUR{}",
        "{}\u20ac",
        "{} \u20ac",
        "$ {}",
        "{}USD",
        "(\u20ac{})",
        "{} EUR.",
        "{} euros, so",
        "Price: {}",
        "US${}",
    )
    for mark in marks:
        assert list(amounts(mark.format(number))) == [whole]
        assert list(amounts(mark.format(f"{number}{decimal}{cents:02}"))) == [whole + cents / 100]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A scale, before or after the currency
        ("$.5M", [500_000]),
        ("$1.2 M", [1_200_000]),
        ("250 K EUR", [250_000]),
        ("15k\u20ac and 15K USD and 16kEUR and 17 TEUR", [15_000, 16_000, 17_000]),
        ("k\u20ac 250", [250_000]),
        ("$3.4MM", [3_400_000]),
        ("1,5 Mio. Euro", [1_500_000]),
        ("2,3 Mrd. \u20ac", [2_300_000_000]),
        ("115 millions de dollars", [115_000_000]),
        ("1.5 million US dollars", [1_500_000]),
        ("4 millones de euros", [4_000_000]),
        ("INR 3.5 lakh, Rs. 2 crore, \u20b912,00,000", [350_000, 20_000_000, 1_200_000]),
        ("1.234m USD", [1_234_000]),
        # Signs, codes and words of many countries
        (
            "A$ 900, R$ 1.234,56, CHF 1'250.-, 1.800,-- EUR, 950 z\u0142, 700 K\u010d",
            [900, 1_234.56, 1_250, 1_800, 950, 700],
        ),
        ("\u20a9500000 \u00a325,000 \u20b42000", [500_000, 25_000, 2_000]),
        ("USD: 4200", [4_200]),
        ("$129.99 ea.", [129.99]),
        ("2 pairs from $349", [349]),
        ("3 coats with 300.000 VND", [300_000]),
        ("Adv $17, door $21", [17, 21]),
        ("45.000 km, \u20ac12.500", [12_500]),
        ("\u20ac 12.500 45.000 km", [12_500]),
        ("800 EUR/month for 60 m\u00b2", [800]),
        ("5% of $2000", [2_000]),
        # Ranges
        ("10-20k EUR", [10_000, 20_000]),
        ("\u20ac100k \u2013 150k", [100_000, 150_000]),
        ("between 40 000 and 50 000 \u20ac", [40_000, 50_000]),
        ("$1.2 to 1.5 million", [1_200_000, 1_500_000]),
        # Named by a word
        ("Budget: 250000", [250_000]),
        ("Budget (EUR): 30,000", [30_000]),
        ("Kaufpreis: 450.000", [450_000]),
        ("Value of the house = 380000", [380_000]),
        ("Max price\n300000", [300_000]),
        ("Pr\u00e9supuesto\n\nBudget\n\n1.2 M", [1_200_000]),
        ("our budget is about 1200, please", [1_200]),
        ("price range 900 - 1400", [900, 1_400]),
    ],
)
def test_money_as_people_write_it(text, expected):
    assert list(amounts(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "+32 475 12 34 56 and 0475 12 34 and (212) 555-0100",
        "Call me on 2125550100",
        "10115 Berlin, NY 10011-1234, 1011 AB, zip 90210",
        "Ref. 4711-2026, order 100234, invoice no. 55012, #88123, VIN 12345678, SKU 500600",
        "120.000 km, 45,000 miles, 85 m\u00b2, 12 panels, 10 kWp, 4500 kWh",
        "2026/05/12 10:30 12.05.2026 1.2.3 2026",
        "15min 20% 20 % A4 500GB 4th 15k 250k km 1.2m",
        "Price list 2: see page, Phone: 5550100",
        "Message: the price is fine, call: 5551234",
        "We try 5000 things, all 300 of them, top 10",
        "9" * 40 + " EUR",
        "Order value date: 20261205",
    ],
)
def test_numbers_that_are_no_money(text):
    assert not list(amounts(text))
