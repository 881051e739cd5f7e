"""Releases keep their interval for any wanted and taken moments, without Odoo."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_offer.tools.spacing import places

thorough = settings(max_examples=500, derandomize=True, deadline=None)
NINE = datetime(2026, 11, 23, 9)
seconds = st.integers(0, 300)
clears = st.integers(5, 60)


def _moment(at):
    return NINE + timedelta(seconds=at)


@thorough
@given(st.lists(st.tuples(seconds, st.booleans()), max_size=30), clears, st.lists(seconds, max_size=10))
def test_no_two_releases_are_too_close(wanted, clear, taken):
    rows = [(_moment(at), 60 if is_import else clear) for at, is_import in wanted]
    found = list(places(rows, clear, map(_moment, taken)))
    assert len(found) == len(rows)
    for nr, ((at, gap), moment) in enumerate(zip(rows, found, strict=True)):
        assert moment >= at
        others = [*found[:nr], *map(_moment, taken)]
        assert all(abs((moment - other).total_seconds()) >= clear for other in others)
        kin = [other for (_at, other_gap), other in zip(rows[:nr], found, strict=False) if other_gap == gap]
        assert all((moment - other).total_seconds() >= gap for other in kin)


@thorough
@given(st.lists(seconds, min_size=1, max_size=30), clears)
def test_nobody_waits_for_nothing(wanted, clear):
    """A moment is the wanted one, or right after another release."""
    rows = [(_moment(at), clear) for at in wanted]
    found = list(places(rows, clear))
    for (at, _gap), moment in zip(rows, found, strict=True):
        assert moment == at or moment - timedelta(seconds=clear) in found


@thorough
@given(st.integers(1, 50), clears)
def test_a_queue_from_one_moment_on_is_even(count, clear):
    found = list(places([(NINE, clear)] * count, clear))
    assert found == [_moment(nr * clear) for nr in range(count)]
