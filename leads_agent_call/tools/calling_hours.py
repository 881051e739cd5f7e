"""When customers may be called: weekly hours in the customer's local time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from odoo.addons.leads_agent.tools.moments import to_local, to_moment

SATURDAY, SUNDAY = 5, 6
# A week, and another one in case a weekly hour is skipped by the change to summer time.
DAYS_AHEAD = 14

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening times of the week, as ``(from, to)`` in hours since local midnight; a day without any is closed.

    >>> Hours(((10, 13), (14, 20))).of_day(date(2026, 11, 27))
    ((10, 13), (14, 20))
    >>> Hours(((10, 13), (14, 20))).of_day(date(2026, 11, 28))
    ()
    """

    weekdays: tuple[Window, ...] = ()
    saturday: tuple[Window, ...] = ()
    sunday: tuple[Window, ...] = ()

    def of_day(self, day: date) -> tuple[Window, ...]:
        """The opening times of a day, the earliest first."""
        return tuple(sorted({SATURDAY: self.saturday, SUNDAY: self.sunday}.get(day.weekday(), self.weekdays)))


ALWAYS = Hours(((0, 24),), ((0, 24),), ((0, 24),))


def is_open(hours: Hours, moment: datetime, zone: str) -> bool:
    """Whether a customer in the zone may be called at a moment in UTC.

    >>> week = Hours(((8, 20),), ((9, 13),))
    >>> friday = datetime(2026, 11, 27, 19, 30)
    >>> is_open(week, friday, "Europe/London"), is_open(week, friday, "Europe/Berlin")
    (True, False)
    """
    local = to_local(moment, zone)
    hour = (local - datetime.combine(local, time())).total_seconds() / 3600
    return any(first <= hour < last for first, last in hours.of_day(local.date()))


def next_opening(hours: Hours, moment: datetime, zone: str) -> datetime | None:
    """Return when a customer may be called, at the moment or after it; None when never.

    >>> week = Hours(((8, 20),), ((9, 13),))
    >>> next_opening(week, datetime(2026, 11, 28, 12, 30), "Europe/Berlin")  # Saturday, half past one in Berlin
    datetime.datetime(2026, 11, 30, 7, 0)
    >>> next_opening(Hours(), datetime(2026, 11, 28), "Europe/Berlin") is None
    True
    """
    if is_open(hours, moment, zone):
        return moment
    today = to_local(moment, zone).date()
    for ahead in range(DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for first, _last in hours.of_day(day):
            opening = to_moment(datetime.combine(day, time()) + timedelta(hours=first), zone)
            if opening > moment and is_open(hours, opening, zone):
                return opening
    return None


@dataclass(frozen=True, slots=True)
class Clock:
    """The calling hours of a place, and one of its possible time zones."""

    hours: Hours
    zone: str

    def is_open(self, moment: datetime) -> bool:
        return is_open(self.hours, moment, self.zone)


Clocks = tuple[Clock, ...]


def open_everywhere(clocks: Clocks, moment: datetime) -> bool:
    """Whether a call is legal in all possible time zones; False when none is known.

    >>> week = Hours(((8, 20),))
    >>> tennessee = (Clock(week, "America/New_York"), Clock(week, "America/Chicago"))
    >>> [open_everywhere(tennessee, datetime(2026, 11, 25, hour)) for hour in (13, 14)]
    [False, True]
    >>> open_everywhere((), datetime(2026, 11, 25, 13))
    False
    """
    return bool(clocks) and all(clock.is_open(moment) for clock in clocks)


def next_opening_everywhere(clocks: Clocks, moment: datetime) -> datetime | None:
    """Return when a call is legal in all possible time zones, at the moment or after it; None when never.

    >>> week = Hours(((8, 20),))
    >>> next_opening_everywhere((Clock(week, "Pacific/Honolulu"), Clock(week, "Europe/London")), datetime(2026, 11, 25))
    datetime.datetime(2026, 11, 25, 18, 0)
    >>> morning = Hours(((9, 12),))
    >>> next_opening_everywhere((Clock(morning, "Asia/Tokyo"), Clock(morning, "Europe/Rome")), datetime(2026, 11, 25))
    """
    last = moment + timedelta(days=DAYS_AHEAD)
    while clocks and moment <= last:
        openings = [next_opening(clock.hours, moment, clock.zone) for clock in clocks]
        if None in openings:
            return None
        if max(openings) == moment:
            return moment
        moment = max(openings)
    return None


def open_windows(clocks: Clocks, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the periods between two moments in which a call is legal in all possible time zones.

    >>> week = Hours(((8, 20),))
    >>> tennessee = (Clock(week, "America/New_York"), Clock(week, "America/Chicago"))
    >>> spans = open_windows(tennessee, datetime(2026, 11, 25), datetime(2026, 11, 26))
    >>> [f"{opening:%H:%M} to {closing:%H:%M}" for opening, closing in spans]
    ['00:00 to 01:00', '14:00 to 00:00']
    """
    spans, opening = [], next_opening_everywhere(clocks, begin)
    while opening and opening < end:
        closing = min(min(_closing(clock, opening) for clock in clocks), end)
        if spans and spans[-1][1] == opening:
            spans[-1] = (spans[-1][0], closing)
        else:
            spans.append((opening, closing))
        opening = next_opening_everywhere(clocks, closing)
    return spans


def _closing(clock: Clock, moment: datetime) -> datetime:
    """Return the end of the opening time that includes the moment."""
    local = to_local(moment, clock.zone)
    midnight = datetime.combine(local, time())
    hour = (local - midnight).total_seconds() / 3600
    last = max(last for first, last in clock.hours.of_day(local.date()) if first <= hour < last)
    closing = to_moment(midnight + timedelta(hours=last), clock.zone)
    # When summer time ends, one local hour occurs twice.
    return closing if closing > moment else moment + timedelta(minutes=15)
