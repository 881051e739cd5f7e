"""When customers may be called: weekly hours on the clock at the customer's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .moments import to_local, to_moment

SATURDAY, SUNDAY = 5, 6
# A week, and another one for the only hour of a week that a clock put forward skips.
DAYS_AHEAD = 14

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of the day, as ``(from, to)`` in hours since midnight on the wall; a day without one is closed.

    >>> Hours(((10, 13), (14, 20))).of_day(date(2026, 11, 27))
    ((10, 13), (14, 20))
    >>> Hours(((10, 13), (14, 20))).of_day(date(2026, 11, 28))
    ()
    """

    weekdays: tuple[Window, ...] = ()
    saturday: tuple[Window, ...] = ()
    sunday: tuple[Window, ...] = ()

    def of_day(self, day: date) -> tuple[Window, ...]:
        """The windows of a day, the earliest first."""
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
    """When a customer may be called, at the moment or after it; None when never.

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
