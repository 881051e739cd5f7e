"""Tags are found in any text, in time linear in its length."""

from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.tag_matching import (
    LONGEST_QUOTE,
    SEPARATORS,
    Factors,
    Matcher,
    Tag,
    check_name,
    check_range,
    find,
    fold,
)

thorough = settings(max_examples=300, derandomize=True, deadline=None)
anything = st.text(max_size=60) | st.text("aAbB-_., \n\r\u00df\u0130\u0131\u03a3\u03c2\u03c3kK1290", max_size=60)
names = st.text("aAbB-_. ", min_size=1, max_size=4).filter(lambda name: check_name(name) is None)
PLAIN = Factors(subject=2.0, short=1.0, case=1.0)
HOSTILE = [
    "$1 ",
    "1-",
    "price: 1 ",
    "a",
    "EUR ",
    "1k",
    "+1 ",
    "tel 1",
    "zip 1\n",
    "1 ",
    "1,",
    "1.",
    "1a",
    "1",
    "a b ",
    "\u00e9\u00df\u0130",
    "1/",
    "1-1",
    "camper ",
    "\n",
    "\u0327\u0301",
]


@thorough
@given(anything)
@example("\u0130I\u0131i")
@example("\u03a3\u03c2\u03c3 STRASSE stra\u00dfe")
def test_folding_keeps_every_character_in_its_place(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert not set(folded) & set(SEPARATORS) - {" "}


def _same(one, other):
    return one == other or (one in SEPARATORS and other in SEPARATORS) or one.lower() == other.lower()


@thorough
@given(names, st.text("aAbB-_., \n", max_size=40))
def test_a_tag_is_found_exactly_where_each_character_or_a_separator_stands(name, text):
    edged, name = f"\n{text}\n", name.strip()
    stands = any(
        all(_same(one, other) for one, other in zip(name, edged[start:], strict=False))
        for start in range(len(edged) - len(name) + 1)
    )
    assert bool(find([Tag(1, name)], "", text)) == stands


@thorough
@given(names, anything, anything, st.sampled_from(["", "subject", "body"]), st.booleans())
def test_the_best_hit_counts(name, subject, body, place, swap):
    if place == "subject":
        subject = f"{subject} {name.swapcase() if swap else name}"
    elif place == "body":
        body = f"{body} {name.swapcase() if swap else name}"
    factors = Factors(subject=1.5, short=0.5, case=1.25)
    hit = find([Tag(1, name)], subject, body, factors).get(1)
    assert hit or not place
    if hit:
        hits = [find([Tag(1, name)], subject, "", factors).get(1), find([Tag(1, name)], "", body, factors).get(1)]
        assert hit.factor == max(one.factor for one in hits if one)
        assert len(hit.quote) <= LONGEST_QUOTE
        assert hit.quote.isprintable()
        assert fold(name.strip()).strip() in fold(hit.quote)


@thorough
@given(st.lists(st.tuples(names, st.integers(0, 9), st.integers(0, 9)), max_size=6), anything, anything)
def test_many_tags_together_find_what_each_finds_alone(rows, subject, body):
    tags = [Tag(nr, name) for nr, (name, _low, _high) in enumerate(rows)]
    tags += [Tag(50 + nr, "", "money", low=low, high=low + high) for nr, (_name, low, high) in enumerate(rows)]
    tags += [Tag(90 + nr, "", "zip", low=f"1{low}", high=f"2{high}") for nr, (_name, low, high) in enumerate(rows)]
    alone = {}
    for tag in tags:
        alone |= find([tag], subject, body)
    assert Matcher(tags).find(subject, body) == alone


def test_a_range_may_be_open_and_one_that_finds_nothing_says_why():
    assert find([Tag(1, "", "money", low=100)], "", "99 EUR or 101 EUR")
    assert not find([Tag(1, "", "money", high=50)], "", "99 EUR or 101 EUR")
    assert find([Tag(1, "", "zip", low="5000")], "", "9990")
    assert check_range(Tag(1, "", "zip")) == "no_bound"
    assert not find([Tag(1, "", "zip"), Tag(2, "", "money")], "1000", "1000")


def test_a_separator_in_a_tag_asks_for_the_edge_of_a_word():
    assert find([Tag(1, "_RV_")], "RV", "") and find([Tag(1, "_RV_")], "", "my RV.")
    assert not find([Tag(1, "_RV_")], "", "curve")
    assert find([Tag(1, "RV")], "", "curve")
    assert find([Tag(1, "camper van")], "", "camper\r\nvan")


def test_the_stated_factors_multiply():
    tags = [Tag(1, "RV"), Tag(2, "camper"), Tag(3, "2024")]
    hits = find(tags, "rv", "Camper CAMPER camper 2024", Factors(2.0, 0.5, 3.0))
    assert {tag: hit.factor for tag, hit in hits.items()} == {1: 1.0, 2: 3.0, 3: 1.0}


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(piece):
    """The best of three runs; the limit is far above linear time and far below quadratic time."""
    tags = [Tag(nr, f"camper van {nr}") for nr in range(40)]
    tags += [Tag(50, "", "money", low=5e14), Tag(51, "", "zip", low="5000A", high="5000Z")]
    matcher = Matcher(tags)

    def seconds(length):
        text = (piece * length)[:length]
        times = []
        for _nr in range(3):
            start = process_time()
            matcher.find("", text)
            times.append(process_time() - start)
        return min(times)

    assert seconds(100_000) < 16 * max(seconds(12_500), 0.001) + 0.1
