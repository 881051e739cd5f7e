"""Time zones and calling hours, in every zone of the time zone database and at both time changes of a year."""

from datetime import datetime, timedelta

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent.tools.moments import to_local, to_moment, zone_info
from leads_agent_call.tools.calling_hours import Hours, is_open, next_opening

ZONES = sorted(pytz.all_timezones_set)
DAYS = 366
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31))
spans = st.tuples(st.integers(0, 96), st.integers(0, 96)).map(lambda span: tuple(part / 4 for part in sorted(span)))
days = st.lists(spans, max_size=2).map(tuple)
weeks = st.builds(Hours, days, days, days)
thorough = settings(max_examples=200, derandomize=True, deadline=None)


def changes(zone: str) -> list[datetime]:
    """Moments of 2026 up to one hour after a time change of the zone."""
    info, begin = zone_info(zone), datetime(2026, 1, 1, tzinfo=pytz.utc)
    days = [begin + timedelta(days=day) for day in range(DAYS)]
    offsets = [day.astimezone(info).utcoffset() for day in days]
    found = []
    for day, offset, next_offset in zip(days, offsets, offsets[1:], strict=False):
        if offset != next_offset:
            hours = [day + timedelta(hours=hour) for hour in range(25)]
            found.append(next(hour for hour in hours if hour.astimezone(info).utcoffset() != offset))
    return [change.replace(tzinfo=None) for change in found]


def test_every_zone_at_its_changes():
    """A local time is converted to the moment that was meant, or later by the skipped hour; never to an earlier one."""
    for zone in ZONES:
        for change in changes(zone) or [datetime(2026, 6, 1)]:
            before = to_local(change - timedelta(hours=3), zone)
            for quarter in range(30):
                local = before + timedelta(minutes=15 * quarter)
                moment = to_moment(local, zone)
                shown = to_local(moment, zone)
                assert shown >= local, (zone, local)
                if shown == local:
                    # Of an hour that occurs twice, the first one.
                    assert to_local(moment - timedelta(minutes=30), zone) < local, (zone, local)
                else:
                    assert shown - local <= timedelta(hours=2), (zone, local)


@thorough
@given(zones, moments)
def test_moments_survive_the_wall(zone, moment):
    """Converting a moment to local time and back returns it, or the first of two with the same local time."""
    again = to_moment(to_local(moment, zone), zone)
    assert to_local(again, zone) == to_local(moment, zone)
    assert again <= moment


@thorough
@given(weeks, zones, moments)
def test_opening_is_open_and_the_first(week, zone, moment):
    opening = next_opening(week, moment, zone)
    if opening is None:
        probes = [moment + timedelta(hours=hour) for hour in range(24 * 8)]
        assert not any(is_open(week, probe, zone) for probe in probes)
        return
    assert opening >= moment
    assert is_open(week, opening, zone)
    if opening > moment:
        # Closed from now on: checked every quarter of an hour, except on days of a time change.
        gap = int((opening - moment) / timedelta(minutes=15))
        for quarter in range(gap):
            probe = moment + timedelta(minutes=15 * quarter)
            if zone_info(zone).utcoffset(to_local(probe, zone)) == zone_info(zone).utcoffset(to_local(opening, zone)):
                assert not is_open(week, probe, zone), (probe, opening)


@thorough
@given(weeks, zones, moments)
def test_open_means_within_the_hours_of_the_day(week, zone, moment):
    local = to_local(moment, zone)
    second = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    inside = [timedelta(hours=first) <= second < timedelta(hours=last) for first, last in week.of_day(local.date())]
    assert is_open(week, moment, zone) == any(inside)


def test_unknown_zone_is_an_error():
    for name in ("Mars/Olympus", "", "../../etc/passwd", "europe/berlin"):
        with pytest.raises(ValueError):
            to_moment(datetime(2026, 1, 1), name)
